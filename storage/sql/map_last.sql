-- One row a station, the columns are those of map_means: of several sensors the last reading of the first by name that has a value
-- and is not 10 minutes behind the others, as home_values.sql has it: one that was taken away stands for nothing.
SELECT DISTINCT ON (station_id COLLATE "C")
       station_id, name, latitude, longitude, municipality, simulated, unit, time, raw, value, lower, upper, flags, NULL::int AS hours
FROM (
    SELECT s.station_id, s.name, s.latitude, s.longitude, s.municipality, s.simulated, e.unit, n.sensor_name,
           l.time, l.raw, l.value, l.lower, l.upper, l.flags, max(l.time) OVER (PARTITION BY s.station_key) AS newest
    FROM latest l JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
    WHERE s.removed_at IS NULL AND e.observed_property = %(observed_property)s
) AS last
ORDER BY station_id COLLATE "C", time < newest - interval '10 minutes', value IS NULL, sensor_name COLLATE "C"
