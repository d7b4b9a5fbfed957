SELECT DISTINCT ON (series_key) *
FROM calibration
WHERE valid_begin <= %(at)s
ORDER BY series_key, valid_begin DESC, calibration_key DESC
