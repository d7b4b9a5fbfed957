-- One look into the index a series: most calibrations are of the past, and are passed over.
SELECT s.series_key, c.calibration_key
FROM series s CROSS JOIN LATERAL (
    SELECT calibration_key FROM calibration
    WHERE series_key = s.series_key AND valid_begin <= %(at)s
    ORDER BY valid_begin DESC, calibration_key DESC LIMIT 1
) c
ORDER BY s.series_key
