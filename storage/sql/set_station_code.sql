INSERT INTO restricted.station_code (station_key, kind, code_hash, expires_at)
SELECT station_key, %(kind)s, %(code_hash)s, %(expires_at)s FROM station WHERE station_id = %(station_id)s AND removed_at IS NULL
ON CONFLICT (station_key) DO UPDATE SET kind = excluded.kind, code_hash = excluded.code_hash, expires_at = excluded.expires_at
RETURNING station_key
