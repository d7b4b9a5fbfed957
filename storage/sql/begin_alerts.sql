-- With each alert, what is to be sent to whoever owns its station now.
WITH new AS (
    INSERT INTO alert (station_key, kind, begin, detail)
    SELECT * FROM unnest(%(station_key)s::int[], %(kind)s::text[], %(begin)s::timestamptz[], %(detail)s::jsonb[])
    ON CONFLICT DO NOTHING
    RETURNING alert_key, station_key
), told AS (
    INSERT INTO restricted.alert_delivery (alert_key, moment, way, due_at)
    SELECT n.alert_key, 'begin', w.way, %(now)s
    FROM new n JOIN station s USING (station_key)
    CROSS JOIN LATERAL (
        SELECT 'email' AS way FROM restricted.owner_contact c WHERE c.owner_key = s.owner_key AND c.confirmed_at IS NOT NULL
        UNION ALL
        SELECT 'webhook' FROM restricted.owner_webhook h WHERE h.owner_key = s.owner_key
    ) AS w
)
SELECT alert_key FROM new
