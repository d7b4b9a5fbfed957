-- The last readings of stations that are waited for, as far as they arrived after the wait began to count.
-- Readings keep the second of their arrival.
SELECT s.station_id, n.sensor_name, n.sensor_model, e.observed_property, e.unit, r.time, r.raw, r.flags, r.received_at
FROM unnest(%(station_ids)s::text[], %(since)s::timestamptz[]) AS w (station_id, since)
JOIN station s USING (station_id) JOIN series e ON e.station_key = s.station_key JOIN sensor n USING (sensor_key)
JOIN latest l USING (series_key) JOIN reading r ON r.series_key = l.series_key AND r.time = l.time
WHERE r.received_at >= date_trunc('second', w.since)
ORDER BY s.station_id, r.received_at, n.sensor_name, e.observed_property
