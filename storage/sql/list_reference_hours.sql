SELECT DISTINCT ON (h.begin) h.begin, h.begin + interval '1 hour' AS end, h.value, h.validity, h.verification, h.revision
FROM reference_hour h JOIN reference_station s USING (reference_station_key)
WHERE s.reference_station_id = %(reference_station_id)s AND h.observed_property = %(observed_property)s
  AND h.begin >= %(begin)s AND h.begin < %(end)s
  AND (%(after)s::timestamptz IS NULL OR h.begin > %(after)s)
ORDER BY h.begin, h.revision DESC
LIMIT %(limit)s
