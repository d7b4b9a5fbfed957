-- Public positions: weights and values that are published would give exact ones away to the metre.
SELECT e.series_key, s.station_id, n.sensor_name, n.sensor_model, e.observed_property, s.latitude, s.longitude
FROM series e JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
WHERE e.observed_property = ANY (%(observed_properties)s::text[]) AND s.removed_at IS NULL
ORDER BY e.series_key
