SELECT s.station_id
FROM restricted.station_credential c JOIN station s USING (station_key)
WHERE c.token_hash = %(token_hash)s AND s.removed_at IS NULL
