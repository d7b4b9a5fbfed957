SELECT station_key, station_id, name, format, timezone, latitude, longitude, municipality, project, simulated, created_at, removed_at
FROM station
WHERE station_id = %(station_id)s
