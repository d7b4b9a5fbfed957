-- Days, weeks, months and years of one sensor in its station's time zone (`unit`), or the same hour, weekday or month of all of
-- them (`part`): all are made of the sensor's hours. `label` and `interval` are OpenAQ's words for the unit.
, one AS (
    SELECT h.begin, h.begin AT TIME ZONE s.timezone AS local, s.timezone, p.id, p.factor,
           (CASE WHEN p.calibrated THEN h.value ELSE h.raw END) * p.factor AS value,
           CASE WHEN p.calibrated THEN h.flags ELSE h.raw_flags END AS flags
    FROM hour h JOIN series e USING (series_key) JOIN station s USING (station_key) JOIN parameter p USING (observed_property)
    WHERE h.series_key = %(id)s AND (h.value IS NOT NULL OR NOT p.calibrated)
), bucket AS (
    SELECT CASE WHEN %(part)s::text IS NULL THEN date_trunc(%(unit)s, local)
                ELSE date_trunc('year', local) END AS year_or_begin,
           CASE WHEN %(part)s::text IS NOT NULL THEN date_part(%(part)s, local) END AS part, one.*
    FROM one
    WHERE (%(begin)s::timestamptz IS NULL OR begin >= %(begin)s) AND (%(end)s::timestamptz IS NULL OR begin < %(end)s)
      AND (%(first_day)s::date IS NULL OR local >= %(first_day)s::date)
      AND (%(last_day)s::date IS NULL OR local < %(last_day)s::date)
), grouped AS (
    SELECT CASE WHEN part IS NULL THEN min(year_or_begin) AT TIME ZONE min(timezone) ELSE min(begin) END AS first,
           CASE WHEN part IS NULL THEN (min(year_or_begin) + %(length)s::interval) AT TIME ZONE min(timezone)
                ELSE max(begin) + interval '1 hour' END AS last,
           part, min(timezone) AS timezone, min(id) AS id, avg(value) AS value, min(value) AS low, max(value) AS high,
           stddev_samp(value) AS sd, bit_or(flags) AS flags, count(*) AS hours,
           percentile_cont(ARRAY[0.02, 0.25, 0.5, 0.75, 0.98]) WITHIN GROUP (ORDER BY value) AS q
    FROM bucket
    GROUP BY part, CASE WHEN part IS NULL THEN year_or_begin END
)
SELECT json_build_object(
    'value', g.value, 'flagInfo', json_build_object('hasFlags', g.flags <> 0), 'parameter', d.document,
    'period', json_build_object('label', %(label)s::text, 'interval', %(interval)s::text, 'datetimeFrom', t.first, 'datetimeTo', t.last),
    'coordinates', NULL,
    'summary', json_build_object('min', g.low, 'q02', q[1], 'q25', q[2], 'median', q[3], 'q75', q[4], 'q98', q[5],
                                 'max', g.high, 'avg', g.value, 'sd', g.sd),
    'coverage', json_build_object(
        'expectedCount', x.expected, 'expectedInterval', x.expected || ':00:00', 'observedCount', g.hours,
        'observedInterval', g.hours || ':00:00', 'percentComplete', round(100.0 * g.hours / x.expected, 1),
        'percentCoverage', round(100.0 * g.hours / x.expected, 1), 'datetimeFrom', t.first, 'datetimeTo', t.last))::text
FROM grouped g JOIN described d USING (id),
LATERAL (SELECT local_times(g.first, g.timezone) AS first, local_times(g.last, g.timezone) AS last) t,
LATERAL (SELECT CASE WHEN g.part IS NULL THEN round(extract(epoch FROM g.last - g.first) / 3600)::int END AS expected) x -- of parts nobody can say
ORDER BY g.part, g.first
LIMIT %(limit)s OFFSET %(offset)s
