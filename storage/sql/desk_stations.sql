-- Stations that somebody should look at: of their last readings, flags that fail or are suspect; open alerts; exclusions now.
WITH last AS (
    SELECT e.station_key, max(l.time) AS time, bit_or(l.flags) AS flags,
           count(*) FILTER (WHERE l.flags & %(fail)s <> 0)::int AS failing, count(*)::int AS series
    FROM latest l JOIN series e USING (series_key) GROUP BY e.station_key
), open AS (
    SELECT station_key, array_agg(kind ORDER BY kind) AS alerts FROM alert WHERE "end" IS NULL GROUP BY station_key
), out AS (
    SELECT DISTINCT station_key FROM station_exclusion
    WHERE begin <= %(now)s AND coalesce("end", 'infinity') > %(now)s
)
SELECT s.station_id, s.name, l.time, coalesce(l.flags, 0) & %(mask)s AS flags, coalesce(l.failing, 0) AS failing,
       coalesce(l.series, 0) AS series, coalesce(o.alerts, '{}') AS alerts, x.station_key IS NOT NULL AS excluded,
       count(*) OVER ()::int AS rows
FROM station s LEFT JOIN last l USING (station_key) LEFT JOIN open o USING (station_key) LEFT JOIN out x USING (station_key)
WHERE s.removed_at IS NULL
  AND (%(words)s::text IS NULL OR strpos(s.station_id, %(words)s) > 0 OR strpos(lower(s.name), %(words)s) > 0)
  AND (%(everything)s::bool OR coalesce(l.flags, 0) & %(mask)s <> 0 OR o.alerts IS NOT NULL OR x.station_key IS NOT NULL)
ORDER BY coalesce(l.failing, 0) > 0 DESC, cardinality(coalesce(o.alerts, '{}')) DESC, s.station_id
LIMIT %(limit)s OFFSET %(offset)s
