SELECT e.series_key AS series_id, s.station_id, n.sensor_name, n.sensor_model, e.observed_property, e.unit
FROM series e JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
ORDER BY e.series_key
