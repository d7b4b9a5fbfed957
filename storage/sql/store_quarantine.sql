INSERT INTO quarantine (received_at, door, topic, station_id, payload, payload_size, reason, detail)
SELECT * FROM unnest(%(received_at)s::timestamptz[], %(door)s::text[], %(topic)s::text[], %(station_id)s::text[],
                     %(payload)s::bytea[], %(payload_size)s::int[], %(reason)s::text[], %(detail)s::text[])
