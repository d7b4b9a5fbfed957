-- Stations without a reading for longer than `least` and ten of their usual distances. One that has been away for a week when it is
-- first looked at is no news. Where most stations fell silent at once, the fault is ours, and nobody is told.
WITH last AS (
    SELECT e.station_key, max(l.time) AS time, (array_agg(l.series_key ORDER BY l.time DESC))[1] AS series_key
    FROM latest l JOIN series e USING (series_key) JOIN station s ON s.station_key = e.station_key
    WHERE s.removed_at IS NULL
    GROUP BY e.station_key
), platform AS (
    SELECT count(*) AS heard, count(*) FILTER (WHERE time < %(now)s::timestamptz - %(least)s::interval) AS quiet
    FROM last WHERE time >= %(now)s::timestamptz - interval '1 day'
)
SELECT t.station_key, 'silent' AS kind, t.time AS begin, '{}'::jsonb AS detail
FROM last t CROSS JOIN platform p
CROSS JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY distance) AS usual
    FROM (SELECT r.time - lead(r.time) OVER (ORDER BY r.time DESC) AS distance
          FROM (SELECT time FROM reading WHERE series_key = t.series_key ORDER BY time DESC LIMIT 50) r) AS d
) AS rhythm
WHERE t.time < %(now)s::timestamptz - greatest(%(least)s::interval, 10 * coalesce(rhythm.usual, '0'))
  AND t.time >= %(now)s::timestamptz - interval '7 days'
  AND (p.quiet < 2 OR p.quiet * 2 <= p.heard)
  AND NOT t.station_key = ANY (%(paused)s)
  AND NOT EXISTS (SELECT FROM alert a WHERE a.station_key = t.station_key AND a.kind = 'silent' AND a.end IS NULL)
