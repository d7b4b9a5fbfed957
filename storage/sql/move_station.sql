WITH moved AS (
    UPDATE station SET latitude = %(public_latitude)s, longitude = %(public_longitude)s
    WHERE station_id = %(station_id)s AND removed_at IS NULL RETURNING station_key
)
UPDATE restricted.station_position p SET latitude = %(latitude)s, longitude = %(longitude)s, height_m = coalesce(%(height_m)s, p.height_m)
FROM moved WHERE p.station_key = moved.station_key
RETURNING p.station_key
