-- Sensors that owners have told of and no message has named: a name on the wire has no capitals.
SELECT s.station_id, n.sensor_key, n.sensor_model
FROM sensor n JOIN station s USING (station_key)
WHERE s.station_id = ANY (%(station_ids)s) AND n.sensor_name <> lower(n.sensor_name)
ORDER BY n.sensor_key
