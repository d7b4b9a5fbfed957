SELECT max(h.begin)
FROM hour h JOIN series e USING (series_key)
WHERE e.observed_property = %(observed_property)s AND h.begin >= %(since)s AND h.begin < %(before)s AND h.value IS NOT NULL
