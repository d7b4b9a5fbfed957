INSERT INTO removed_series (series_key, removed_at, first_begin, last_begin)
SELECT e.series_key, %(at)s, min(h.begin), max(h.begin)
FROM station s JOIN series e USING (station_key) LEFT JOIN hour h USING (series_key)
WHERE s.station_id = %(station_id)s AND s.removed_at IS NOT NULL
GROUP BY e.series_key
