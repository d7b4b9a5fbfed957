SELECT detail FROM restricted.receipt WHERE station_id = %(station_id)s ORDER BY time
