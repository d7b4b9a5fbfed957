SELECT DISTINCT e.series_key, e.station_key, s.station_id, n.sensor_name, n.sensor_model, e.observed_property, e.unit
FROM unnest(%(station_id)s::text[], %(sensor_name)s::text[], %(observed_property)s::text[])
     AS w (station_id, sensor_name, observed_property)
JOIN station s ON s.station_id = w.station_id AND s.removed_at IS NULL
JOIN sensor n ON n.station_key = s.station_key AND n.sensor_name = w.sensor_name
JOIN series e ON e.sensor_key = n.sensor_key AND e.observed_property = w.observed_property
ORDER BY e.series_key
