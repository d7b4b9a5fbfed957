-- ON CONFLICT for a writer that claims the same at the same time; NOT EXISTS because each try would use up a key.
INSERT INTO sensor (station_key, sensor_name, sensor_model)
SELECT DISTINCT ON (s.station_key, w.sensor_name) s.station_key, w.sensor_name, w.sensor_model
FROM unnest(%(station_id)s::text[], %(sensor_name)s::text[], %(sensor_model)s::text[]) AS w (station_id, sensor_name, sensor_model)
JOIN station s ON s.station_id = w.station_id AND s.removed_at IS NULL
WHERE NOT EXISTS (SELECT FROM sensor n WHERE n.station_key = s.station_key AND n.sensor_name = w.sensor_name)
ORDER BY s.station_key, w.sensor_name
ON CONFLICT (station_key, sensor_name) DO NOTHING
