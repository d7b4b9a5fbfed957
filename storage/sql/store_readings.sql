INSERT INTO reading (time, series_key, raw, value, lower, upper, flags, calibration_key, received_at)
SELECT time, series_key, raw, nullif(value, 'NaN'), nullif(lower, 'NaN'), nullif(upper, 'NaN'), flags,
       nullif(calibration_key, 0), received_at
FROM pg_temp.staging_reading
ON CONFLICT (series_key, time) DO NOTHING
