-- Public positions only: the exact ones leave by no file.
SELECT station_id, name, municipality, project, simulated, created_at, removed_at, latitude, longitude
FROM station
ORDER BY station_id COLLATE "C"
