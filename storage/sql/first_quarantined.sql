SELECT q.quarantine_key, q.station_id, q.received_at, q.door, q.topic, q.reason, q.detail
FROM unnest(%(station_ids)s::text[], %(since)s::timestamptz[]) AS w (station_id, since)
CROSS JOIN LATERAL (
    SELECT * FROM quarantine q
    WHERE q.station_id = w.station_id AND q.received_at >= w.since AND q.requeued_at IS NULL
    ORDER BY q.received_at, q.quarantine_key LIMIT 20
) q
ORDER BY q.quarantine_key
