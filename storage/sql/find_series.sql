SELECT e.series_key, e.station_key, s.station_id, n.sensor_name, n.sensor_model, e.observed_property, e.unit
FROM series e JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
WHERE e.series_key = %(series_key)s
