SELECT s.station_id, s.owner_key, c.token_hash AS station_token_hash, o.token_hash AS owner_token_hash, c.created_at AS credentials_since
FROM station s JOIN restricted.station_credential c USING (station_key) LEFT JOIN restricted.owner_credential o USING (owner_key)
WHERE s.station_id = %(station_id)s AND s.removed_at IS NULL
