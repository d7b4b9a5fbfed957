INSERT INTO series (station_key, sensor_key, observed_property, unit)
SELECT DISTINCT ON (n.sensor_key, w.observed_property) n.station_key, n.sensor_key, w.observed_property, w.unit
FROM unnest(%(station_id)s::text[], %(sensor_name)s::text[], %(observed_property)s::text[], %(unit)s::text[])
     AS w (station_id, sensor_name, observed_property, unit)
JOIN station s ON s.station_id = w.station_id AND s.removed_at IS NULL
JOIN sensor n ON n.station_key = s.station_key AND n.sensor_name = w.sensor_name
WHERE NOT EXISTS (SELECT FROM series e WHERE e.sensor_key = n.sensor_key AND e.observed_property = w.observed_property)
ORDER BY n.sensor_key, w.observed_property
ON CONFLICT (sensor_key, observed_property) DO NOTHING
