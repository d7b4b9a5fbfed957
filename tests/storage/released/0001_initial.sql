INSERT INTO owner (created_at) VALUES ('2026-01-01'), ('2026-01-02');
INSERT INTO restricted.owner_contact VALUES (1, 'owner@example.org');
INSERT INTO station (station_id, owner_key, name, format, timezone, latitude, longitude, created_at, removed_at) VALUES
    ('lb-one', 1, 'Café "Ünder" \ tab', NULL, 'Europe/Amsterdam', 52.2, 5.2, '2026-01-01', NULL),
    ('lb-two', NULL, '', 'airrohr', 'UTC', -1, 179.99, '2026-01-02', '2026-02-01');
INSERT INTO restricted.station_position VALUES (1, 52.2001, 5.2001, 1.5), (2, -1.001, 179.98, NULL);
INSERT INTO restricted.station_credential VALUES (1, 'argon2 hash', 'token hash', '2026-01-01');
INSERT INTO sensor (station_key, sensor_name, sensor_model, created_at) VALUES
    (1, 'sps30-0', 'SPS30', '2026-01-01'), (2, 'sds011-0', 'SDS011', '2026-01-02');
INSERT INTO series (station_key, sensor_key, observed_property, unit, created_at) VALUES
    (1, 1, 'pm2_5', 'ug/m3', '2026-01-01'), (1, 1, 'pm10', 'ug/m3', '2026-01-01'), (2, 2, 'pm2_5', 'ug/m3', '2026-01-02');
INSERT INTO calibration (calibration_id, series_key, fitted_at, valid_begin, method, status, window_begin, window_end,
    coefficients, covariance, interval_parts, reference_weight, scores) VALUES
    ('cal-1', 1, '2026-01-05', '2026-01-05', 'mm', 'fitted', '2026-01-01', '2026-01-05',
     '{"raw": 0.5, "intercept": 1}', '[[1,0],[0,1]]', '{}', '{"NL001": 1}', '{"rmse": 1.25}');
INSERT INTO reading (time, series_key, raw, value, lower, upper, flags, calibration_key, received_at)
SELECT '2026-01-05'::timestamptz + n * interval '5 minutes', 1 + n % 3, n / 7.0, CASE WHEN n % 2 = 0 THEN n / 14.0 END, NULL,
    NULL, n % 4, CASE WHEN n % 2 = 0 THEN 1 END, '2026-01-05'::timestamptz + n * interval '5 minutes 1 second'
FROM generate_series(1, 600) n;
INSERT INTO hour (begin, series_key, raw, raw_min, raw_max, observed_count, data_capture, value, lower, upper, flags,
    calibration_key, computed_at)
SELECT '2026-01-05'::timestamptz + n * interval '1 hour', 1, n, n, n, 12, 1, n / 2.0, 0, n, 0, 1, '2026-01-09'
FROM generate_series(0, 30) n;
INSERT INTO reference_station (reference_station_id, network, name, latitude, longitude, created_at) VALUES
    ('NL001', 'csv', 'Hilversum', 52.2, 5.2, '2026-01-01');
INSERT INTO reference_hour VALUES
    (1, 'pm2_5', '2026-01-05', 0, 11.5, 1, 3, '2026-01-05 01:20'), (1, 'pm2_5', '2026-01-05', 1, NULL, -1, 1, '2026-01-06');
INSERT INTO quarantine (received_at, door, topic, station_id, payload, payload_size, reason, detail) VALUES
    ('2026-01-05', 'mqtt', 'aq/1/lb-one/obs', 'lb-one', '\x00ff', 2, 'not_json', 'line
break');
INSERT INTO event (time, kind, station_key, detail) VALUES
    ('2026-01-01', 'station_added', 1, '{}'), ('2026-01-06', 'station_paused', 1, '{"note": "holiday"}');
INSERT INTO latest VALUES (1, '2026-01-07', 85.5, NULL, NULL, NULL, 0, NULL);
