WITH shown AS (
    UPDATE station SET latitude = %(latitude)s, longitude = %(longitude)s
    WHERE station_id = %(station_id)s AND removed_at IS NULL RETURNING station_key
)
UPDATE restricted.station_position p SET published = %(published)s FROM shown WHERE p.station_key = shown.station_key
