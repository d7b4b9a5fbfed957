SELECT r.time, r.raw, r.value, r.lower, r.upper, r.flags, c.calibration_id
FROM reading r LEFT JOIN calibration c USING (calibration_key)
WHERE r.series_key = %(series_key)s AND r.time >= %(begin)s AND r.time < %(end)s
  AND (%(after)s::timestamptz IS NULL OR r.time > %(after)s)
  AND (%(any_of)s::int = 0 OR r.flags & %(any_of)s <> 0) AND r.flags & %(none_of)s = 0
ORDER BY r.time
LIMIT %(limit)s
