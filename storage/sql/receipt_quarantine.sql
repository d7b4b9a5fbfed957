SELECT reason, count(*) AS messages, max(received_at) AS last_received_at
FROM quarantine
WHERE station_id = %(station_id)s AND received_at >= %(begin)s AND received_at < %(end)s
GROUP BY reason
ORDER BY messages DESC, reason
