INSERT INTO latest (series_key, time, raw, value, lower, upper, flags, calibration_key)
SELECT DISTINCT ON (series_key) series_key, time, raw, nullif(value, 'NaN'), nullif(lower, 'NaN'), nullif(upper, 'NaN'), flags,
       nullif(calibration_key, 0)
FROM pg_temp.staging_reading
ORDER BY series_key, time DESC
ON CONFLICT (series_key) DO UPDATE
SET time = excluded.time, raw = excluded.raw, value = excluded.value, lower = excluded.lower, upper = excluded.upper,
    flags = excluded.flags, calibration_key = excluded.calibration_key
WHERE excluded.time > latest.time
   -- the clock of ingest's machine was ahead when that reading came, and is right again
   OR latest.time > greatest(now(), (SELECT max(received_at) FROM pg_temp.staging_reading)) + INTERVAL '5 minutes'
