SELECT s.station_id, s.latitude, s.longitude, s.project, s.created_at,
       array_agg(DISTINCT e.observed_property ORDER BY e.observed_property) AS observed_properties,
       array_agg(DISTINCT n.sensor_model ORDER BY n.sensor_model) AS sensor_models
FROM station s JOIN series e USING (station_key) JOIN sensor n USING (sensor_key)
WHERE s.removed_at IS NULL
GROUP BY s.station_key
ORDER BY s.station_id
