-- The end is told the ways that the begin was, or still is to be.
WITH over AS (
    UPDATE alert SET "end" = %(now)s WHERE alert_key = ANY (%(alert_keys)s) AND "end" IS NULL RETURNING alert_key
)
INSERT INTO restricted.alert_delivery (alert_key, moment, way, due_at)
SELECT d.alert_key, 'end', d.way, %(now)s FROM restricted.alert_delivery d JOIN over USING (alert_key) WHERE d.moment = 'begin'
ON CONFLICT DO NOTHING
