-- One row a station: the last reading of its first sensor; the columns are those of map_means.
SELECT DISTINCT ON (s.station_id COLLATE "C")
       s.station_id, s.name, s.latitude, s.longitude, s.municipality, s.simulated, e.unit, l.time, l.raw, l.value, l.lower, l.upper,
       l.flags, NULL::int AS hours
FROM latest l JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
WHERE s.removed_at IS NULL AND e.observed_property = %(observed_property)s
ORDER BY s.station_id COLLATE "C", n.sensor_name COLLATE "C"
