SELECT h.begin, h.begin + interval '1 hour' AS end, h.raw, h.raw_min, h.raw_max, h.raw_sd, h.observed_count, h.data_capture,
       h.value, h.lower, h.upper, h.estimate, h.estimate_lower, h.estimate_upper, h.flags, c.calibration_id,
       h.computed_at
FROM hour h LEFT JOIN calibration c USING (calibration_key)
WHERE h.series_key = %(series_key)s AND h.begin >= %(begin)s AND h.begin < %(end)s
  AND (%(after)s::timestamptz IS NULL OR h.begin > %(after)s)
  AND (%(any_of)s::int = 0 OR h.flags & %(any_of)s <> 0) AND h.flags & %(none_of)s = 0
ORDER BY h.begin
LIMIT %(limit)s
