SELECT c.password_hash
FROM restricted.station_credential c JOIN station s USING (station_key)
WHERE s.station_id = %(station_id)s AND s.removed_at IS NULL
