SELECT quarantine_key, received_at, door, topic, station_id, payload, payload_size, reason, detail
FROM quarantine
WHERE requeued_at IS NULL AND received_at >= %(since)s AND reason = %(reason)s AND station_id IS NOT DISTINCT FROM %(station_id)s
ORDER BY received_at DESC, quarantine_key DESC
LIMIT %(limit)s
