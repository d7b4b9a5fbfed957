-- What the platform said of the hours at one time. The spread and the data capture are kept for the readings that an hour has
-- now; they are given where the outcome was made from just these, and are NULL where later readings changed them.
SELECT p.begin, p.begin + interval '1 hour' AS end, p.raw, h.raw_min, h.raw_max, h.raw_sd, h.observed_count, h.data_capture,
       p.value, p.lower, p.upper, p.estimate, p.estimate_lower, p.estimate_upper, p.flags, c.calibration_id,
       p.published_at AS computed_at
FROM published_hour p LEFT JOIN calibration c USING (calibration_key)
LEFT JOIN hour h ON h.series_key = p.series_key AND h.begin = p.begin AND h.raw = p.raw AND h.computed_at <= p.published_at
WHERE p.series_key = %(series_key)s AND p.begin >= %(begin)s AND p.begin < %(end)s
  AND p.published_at <= %(as_of)s AND (p.superseded_at IS NULL OR p.superseded_at > %(as_of)s)
  AND (%(after)s::timestamptz IS NULL OR p.begin > %(after)s)
  AND (%(any_of)s::int = 0 OR p.flags & %(any_of)s <> 0) AND p.flags & %(none_of)s = 0
ORDER BY p.begin
LIMIT %(limit)s
