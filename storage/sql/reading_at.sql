SELECT r.time, r.raw, r.value, r.lower, r.upper, r.flags, c.calibration_id
FROM reading r LEFT JOIN calibration c USING (calibration_key)
WHERE r.series_key = %(series_key)s AND r.time = %(time)s
