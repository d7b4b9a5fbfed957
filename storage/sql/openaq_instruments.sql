-- Sensor models as instruments; an id is the first sensor of that model.
SELECT json_build_object('id', min(n.sensor_key), 'name', n.sensor_model, 'isMonitor', false,
                         'manufacturer', %(manufacturer)s::json)::text
FROM sensor n
GROUP BY n.sensor_model
HAVING %(id)s::int IS NULL OR min(n.sensor_key) = %(id)s
ORDER BY min(n.sensor_key)
LIMIT %(limit)s OFFSET %(offset)s
