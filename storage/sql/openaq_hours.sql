-- Hours of one sensor.
SELECT json_build_object(
    'value', (CASE WHEN p.calibrated THEN h.value ELSE h.raw END) * p.factor, 'raw', h.raw * p.factor,
    'lower', h.lower * p.factor, 'upper', h.upper * p.factor,
    'flagInfo', json_build_object('hasFlags', CASE WHEN p.calibrated THEN h.flags ELSE h.raw_flags END <> 0),
    'parameter', d.document,
    'period', json_build_object('label', '1hour', 'interval', '01:00:00', 'datetimeFrom', t.first, 'datetimeTo', t.last),
    'coordinates', NULL, 'summary', NULL,
    'coverage', json_build_object(
        'expectedCount', 12, 'expectedInterval', '01:00:00', 'observedCount', round(h.data_capture * 12),
        'observedInterval', to_char(h.data_capture * interval '1 hour', 'HH24:MI:SS'),
        'percentComplete', round((h.data_capture * 100)::numeric, 1), 'percentCoverage', round((h.data_capture * 100)::numeric, 1),
        'datetimeFrom', t.first, 'datetimeTo', t.last))::text
FROM hour h JOIN series e USING (series_key) JOIN station s USING (station_key)
JOIN parameter p USING (observed_property) JOIN described d USING (id),
LATERAL (SELECT local_times(h.begin, s.timezone) AS first, local_times(h.begin + interval '1 hour', s.timezone) AS last) t
WHERE h.series_key = %(id)s AND (h.value IS NOT NULL OR NOT p.calibrated)
  AND (%(begin)s::timestamptz IS NULL OR h.begin >= %(begin)s)
  AND (%(end)s::timestamptz IS NULL OR h.begin + interval '1 hour' <= %(end)s)
ORDER BY h.begin
LIMIT %(limit)s OFFSET %(offset)s
