SELECT reference_station_id, network, name, latitude, longitude, site_type
FROM reference_station
ORDER BY reference_station_id
