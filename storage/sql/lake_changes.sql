-- What parts a series into segments, or takes it out for a while; no other event leaves by a file.
SELECT v.event_key AS event_id, v.time, v.kind, s.station_id, v.detail ->> 'sensor' AS sensor_name,
       v.detail ->> 'observed_property' AS observed_property
FROM event v JOIN station s USING (station_key)
WHERE v.kind IN ('hardware_changed', 'moved', 'step_found', 'drift_found', 'paused', 'resumed')
ORDER BY v.time, v.event_key
