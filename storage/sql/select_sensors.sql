-- Rows of `chosen` (select_series.sql, all of them) by sensor, in the order of each one's first series, which stays.
SELECT min(series_key) AS first_series_key, station_id, sensor_name, sensor_model, latitude, longitude, municipality, project, simulated,
       array_agg(observed_property ORDER BY series_key) AS observed_properties, array_agg(series_key ORDER BY series_key) AS series_keys
FROM chosen
GROUP BY station_id, sensor_name, sensor_model, latitude, longitude, municipality, project, simulated
HAVING %(after_series)s::int IS NULL OR min(series_key) > %(after_series)s
ORDER BY min(series_key)
LIMIT %(page)s
