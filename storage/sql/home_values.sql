-- One row a station and property: of several sensors the first by name that has a value and is not 10 minutes behind the others.
SELECT DISTINCT ON (station_id, observed_property)
       station_id, name, sensor_name, sensor_model, observed_property, unit, time, raw, value, lower, upper, flags, calibration_id
FROM (
    SELECT s.station_id, s.name, n.sensor_name, n.sensor_model, e.observed_property, e.unit,
           l.time, l.raw, l.value, l.lower, l.upper, l.flags, c.calibration_id,
           max(l.time) OVER (PARTITION BY s.station_key, e.observed_property) AS newest
    FROM latest l JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
    LEFT JOIN calibration c USING (calibration_key)
    WHERE s.removed_at IS NULL AND e.observed_property = ANY (%(observed_properties)s)
) AS last
ORDER BY station_id, observed_property, time < newest - interval '10 minutes', value IS NULL, sensor_name
