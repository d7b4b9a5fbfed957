SELECT reference_station_id, reference_station_key FROM reference_station WHERE reference_station_id = ANY (%(ids)s::text[])
