-- One statement, so that a station never stands without its position and credentials. No row: the id is taken.
WITH added AS (
    INSERT INTO station (station_id, owner_key, name, format, timezone, latitude, longitude, municipality, project, simulated)
    VALUES (%(station_id)s, %(owner_key)s, %(name)s, %(format)s, %(timezone)s, %(public_latitude)s, %(public_longitude)s,
            %(municipality)s, %(project)s, %(simulated)s)
    ON CONFLICT (station_id) DO NOTHING
    RETURNING station_key
), placed AS (
    INSERT INTO restricted.station_position (station_key, latitude, longitude, height_m, published)
    SELECT station_key, %(latitude)s, %(longitude)s, %(height_m)s, %(exact_published)s FROM added
), armed AS (
    INSERT INTO restricted.station_credential (station_key, password_hash, token_hash)
    SELECT station_key, %(password_hash)s, %(token_hash)s FROM added
)
SELECT station_key FROM added
