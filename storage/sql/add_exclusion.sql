INSERT INTO station_exclusion (station_key, begin, "end", reason, made_at)
SELECT station_key, %(begin)s, %(end)s, %(reason)s, %(at)s FROM station WHERE station_id = %(station_id)s AND removed_at IS NULL
RETURNING exclusion_key
