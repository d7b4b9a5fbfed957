SELECT DISTINCT ON (reference_station_key, begin)
       reference_station_key, begin, coalesce(value, 'NaN'::real) AS value, validity, verification
FROM reference_hour
WHERE observed_property = %(observed_property)s AND begin >= %(begin)s AND begin < %(end)s
ORDER BY reference_station_key, begin, revision DESC
