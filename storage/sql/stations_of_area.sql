SELECT s.station_id, s.name FROM stations_of_area(%(code)s) AS m JOIN station s USING (station_key) ORDER BY s.station_id
