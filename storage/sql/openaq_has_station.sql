SELECT FROM station WHERE station_key = %(id)s AND removed_at IS NULL
