-- Another writer may have been first: then nothing is left to name.
UPDATE sensor n SET sensor_name = w.sensor_name, sensor_model = w.sensor_model
FROM unnest(%(sensor_key)s::int[], %(sensor_name)s::text[], %(sensor_model)s::text[]) AS w (sensor_key, sensor_name, sensor_model)
WHERE n.sensor_key = w.sensor_key AND n.sensor_name <> lower(n.sensor_name)
  AND NOT EXISTS (SELECT FROM sensor o WHERE o.station_key = n.station_key AND o.sensor_name = w.sensor_name)
