SELECT n.sensor_name, n.sensor_model, e.observed_property, e.unit, h.begin, h.raw, h.value, h.lower, h.upper, h.flags, h.data_capture
FROM station s JOIN series e USING (station_key) JOIN sensor n USING (sensor_key) JOIN hour h USING (series_key)
WHERE s.station_id = %(station_id)s
ORDER BY e.series_key, h.begin
