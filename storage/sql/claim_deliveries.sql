-- What is due is claimed before it is sent. An end waits for its begin, and is not told where that could not be.
WITH due AS (
    SELECT d.alert_key, d.moment, d.way
    FROM restricted.alert_delivery d
    WHERE d.claimed_at IS NULL AND d.sent_at IS NULL AND d.due_at <= %(now)s
      AND (d.moment = 'begin' OR EXISTS (SELECT FROM restricted.alert_delivery b
           WHERE b.alert_key = d.alert_key AND b.way = d.way AND b.moment = 'begin' AND b.sent_at IS NOT NULL))
    ORDER BY d.due_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE restricted.alert_delivery d SET claimed_at = %(now)s, attempts = d.attempts + 1
FROM due JOIN alert a USING (alert_key) JOIN station s USING (station_key)
LEFT JOIN restricted.owner_contact c ON c.owner_key = s.owner_key AND c.confirmed_at IS NOT NULL
LEFT JOIN restricted.owner_webhook w ON w.owner_key = s.owner_key
WHERE d.alert_key = due.alert_key AND d.moment = due.moment AND d.way = due.way
RETURNING d.alert_key, d.moment, d.way, d.attempts, s.station_id, s.name, a.kind, a.begin, a.end, a.detail,
          coalesce(c.language, 'nl') AS language, CASE d.way WHEN 'email' THEN c.email ELSE w.url END AS address
