-- The messages that are read again, oldest first; those that were cut short cannot be.
UPDATE quarantine q SET requeued_at = %(at)s
FROM (SELECT quarantine_key FROM quarantine
      WHERE requeued_at IS NULL AND reason = %(reason)s AND station_id IS NOT DISTINCT FROM %(station_id)s
        AND payload_size <= %(whole)s
      ORDER BY quarantine_key LIMIT %(limit)s FOR UPDATE SKIP LOCKED) AS wanted
WHERE q.quarantine_key = wanted.quarantine_key
RETURNING q.quarantine_key, q.received_at, q.door, q.topic, q.station_id, q.payload, q.payload_size, q.reason, q.detail
