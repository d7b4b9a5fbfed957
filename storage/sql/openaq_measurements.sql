-- Single readings of one sensor; a reading's time is the end of what it is a mean of, and how long that is nobody said.
SELECT json_build_object(
    'value', (CASE WHEN p.calibrated THEN r.value ELSE r.raw END) * p.factor, 'raw', r.raw * p.factor,
    'flagInfo', json_build_object('hasFlags', r.flags <> 0), 'parameter', d.document,
    'period', json_build_object('label', 'raw', 'interval', '00:00:00', 'datetimeFrom', t.times, 'datetimeTo', t.times),
    'coordinates', NULL, 'summary', NULL,
    'coverage', json_build_object(
        'expectedCount', 1, 'expectedInterval', '00:00:00', 'observedCount', 1, 'observedInterval', '00:00:00',
        'percentComplete', 100.0, 'percentCoverage', 100.0, 'datetimeFrom', t.times, 'datetimeTo', t.times))::text
FROM reading r JOIN series e USING (series_key) JOIN station s USING (station_key)
JOIN parameter p USING (observed_property) JOIN described d USING (id), LATERAL (SELECT local_times(r.time, s.timezone) AS times) t
WHERE r.series_key = %(id)s AND (r.value IS NOT NULL OR NOT p.calibrated)
  AND (%(begin)s::timestamptz IS NULL OR r.time >= %(begin)s) AND (%(end)s::timestamptz IS NULL OR r.time <= %(end)s)
ORDER BY r.time
LIMIT %(limit)s OFFSET %(offset)s
