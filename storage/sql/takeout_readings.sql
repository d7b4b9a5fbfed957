SELECT n.sensor_name, n.sensor_model, e.observed_property, e.unit, r.time, r.raw, r.value, r.lower, r.upper, r.flags, r.received_at
FROM station s JOIN series e USING (station_key) JOIN sensor n USING (sensor_key) JOIN reading r USING (series_key)
WHERE s.station_id = %(station_id)s
ORDER BY e.series_key, r.time
