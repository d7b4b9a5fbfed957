-- Instruments, and one that stands for those that a station does not have.
SELECT n.sensor_key AS id, n.sensor_model AS name, n.sensor_name || ' of ' || s.station_id AS description,
       'text/plain' AS encoding_type, n.sensor_model AS metadata
FROM sensor n JOIN station s USING (station_key)
UNION ALL
SELECT 2147483647, 'none', 'No such sensor on this station: its Datastreams are empty', 'text/plain', 'none'
