UPDATE restricted.station_credential SET password_hash = %(password_hash)s
FROM station s
WHERE s.station_key = station_credential.station_key AND s.station_id = %(station_id)s AND s.removed_at IS NULL
RETURNING s.station_key
