UPDATE restricted.station_credential c
SET password_hash = %(password_hash)s, token_hash = %(token_hash)s, created_at = %(at)s
FROM station s
WHERE s.station_key = c.station_key AND s.station_id = %(station_id)s AND s.removed_at IS NULL
RETURNING c.station_key
