SELECT received_at, door, topic, station_id, payload, payload_size, reason, detail
FROM quarantine
ORDER BY received_at DESC, quarantine_key DESC
LIMIT %(limit)s
