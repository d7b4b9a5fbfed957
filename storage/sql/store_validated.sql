UPDATE hour
SET value = nullif(v.value, 'NaN'), lower = nullif(v.lower, 'NaN'), upper = nullif(v.upper, 'NaN'),
    estimate = nullif(v.estimate, 'NaN'), estimate_lower = nullif(v.estimate_lower, 'NaN'),
    estimate_upper = nullif(v.estimate_upper, 'NaN'),
    flags = v.flags, calibration_key = nullif(v.calibration_key, 0)
FROM pg_temp.staging_hour v
WHERE hour.series_key = v.series_key AND hour.begin = v.begin
