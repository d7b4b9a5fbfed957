DELETE FROM station WHERE station_id = %(station_id)s AND removed_at IS NOT NULL
