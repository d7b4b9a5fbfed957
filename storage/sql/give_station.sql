UPDATE station SET owner_key = %(owner_key)s WHERE station_id = %(station_id)s AND removed_at IS NULL
