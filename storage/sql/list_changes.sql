-- What replaced an outcome is the next one of the same hour.
SELECT r.superseded_at, s.station_id, r.series_key, e.observed_property, r.begin, r.begin + interval '1 hour' AS end, n.revision,
       r.raw AS old_raw, r.value AS old_value, r.estimate AS old_estimate, r.flags AS old_flags, c.calibration_id AS old_calibration_id,
       n.raw, n.value, n.estimate, n.flags, d.calibration_id
FROM hour_revision r
JOIN series e USING (series_key) JOIN station s USING (station_key)
JOIN LATERAL (
    SELECT * FROM published_hour p
    WHERE p.series_key = r.series_key AND p.begin = r.begin AND p.revision = r.revision + 1
) n ON true
LEFT JOIN calibration c ON c.calibration_key = r.calibration_key
LEFT JOIN calibration d ON d.calibration_key = n.calibration_key
WHERE r.superseded_at >= %(since)s
  AND (%(after_time)s::timestamptz IS NULL
       OR (r.superseded_at, r.series_key, r.begin, r.revision)
          > (%(after_time)s, %(after_series)s::int, %(after_begin)s::timestamptz, %(after_revision)s::int))
ORDER BY r.superseded_at, r.series_key, r.begin, r.revision
LIMIT %(limit)s
