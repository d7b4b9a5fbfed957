SELECT c.calibration_id, n.sensor_name, e.observed_property, c.fitted_at, c.valid_begin, c.valid_end, c.method, c.status,
       c.coefficients::text AS coefficients, c.reference_weight::text AS reference_weight
FROM calibration c JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
WHERE s.station_id = %(station_id)s ORDER BY c.valid_begin
