-- Sent, or to be tried again at `due_at`; where neither is given it was tried for the last time.
UPDATE restricted.alert_delivery
SET sent_at = %(sent_at)s, due_at = coalesce(%(due_at)s, due_at), failure = %(failure)s,
    claimed_at = CASE WHEN %(due_at)s::timestamptz IS NULL THEN claimed_at END
WHERE alert_key = %(alert_key)s AND moment = %(moment)s AND way = %(way)s
