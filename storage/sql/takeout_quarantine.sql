SELECT received_at, door, topic, reason, detail, payload_size, encode(payload, 'escape') AS payload
FROM quarantine WHERE station_id = %(station_id)s ORDER BY received_at
