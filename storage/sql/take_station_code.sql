-- Used or over, a code goes; only one that is not over gives its station.
WITH taken AS (
    DELETE FROM restricted.station_code c USING station s
    WHERE c.code_hash = %(code_hash)s AND s.station_key = c.station_key
    RETURNING s.station_id, s.owner_key, s.removed_at, c.kind, c.expires_at
)
SELECT station_id, owner_key, kind FROM taken WHERE expires_at > %(now)s AND removed_at IS NULL
