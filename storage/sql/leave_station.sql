UPDATE station SET owner_key = NULL WHERE station_id = %(station_id)s
