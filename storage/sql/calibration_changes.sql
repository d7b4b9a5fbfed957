SELECT DISTINCT c.valid_begin
FROM calibration c JOIN series e USING (series_key)
WHERE c.valid_begin > %(begin)s AND c.valid_begin < %(end)s AND e.observed_property = %(observed_property)s
ORDER BY c.valid_begin
