SELECT p.begin, p.begin + interval '1 hour' AS end, p.revision, p.raw, p.value, p.lower, p.upper,
       p.estimate, p.estimate_lower, p.estimate_upper, p.flags, c.calibration_id, p.published_at, p.superseded_at
FROM published_hour p LEFT JOIN calibration c USING (calibration_key)
WHERE p.series_key = %(series_key)s AND p.begin >= %(begin)s AND p.begin < %(end)s
  AND (%(as_of)s::timestamptz IS NULL
       OR p.published_at <= %(as_of)s AND (p.superseded_at IS NULL OR p.superseded_at > %(as_of)s))
  AND (%(after_begin)s::timestamptz IS NULL OR (p.begin, p.revision) > (%(after_begin)s, %(after_revision)s::int))
ORDER BY p.begin, p.revision
LIMIT %(limit)s
