-- What was read again is no longer put aside; what still fails came to quarantine anew.
SELECT reason, count(*) AS messages, max(received_at) AS last_received_at
FROM quarantine
WHERE station_id = %(station_id)s AND received_at >= %(begin)s AND received_at < %(end)s AND requeued_at IS NULL
GROUP BY reason
ORDER BY messages DESC, reason
