SELECT owner_key FROM station WHERE station_id = %(station_id)s AND removed_at IS NULL
