-- Times without any reading of the station, more than 10 minutes and more than three of its usual distances (where at least 5 are
-- known) long, that end after `begin`; the last reading before it bounds the first. Whether the station had said that it goes, and whether nobody else's
-- readings were received meanwhile either, tells on which side to look.
WITH time AS (
    SELECT DISTINCT r.time
    FROM reading r JOIN series e USING (series_key) JOIN station s ON s.station_key = e.station_key
    WHERE s.station_id = %(station_id)s AND r.time > %(begin)s::timestamptz - interval '1 day' AND r.time <= %(end)s
    UNION
    SELECT max(before.time)
    FROM series e JOIN station s USING (station_key),
         LATERAL (SELECT r.time FROM reading r WHERE r.series_key = e.series_key AND r.time <= %(begin)s ORDER BY r.time DESC LIMIT 1) before
    WHERE s.station_id = %(station_id)s
), neighbour AS (
    SELECT time AS begin, lead(time, 1, %(end)s::timestamptz) OVER (ORDER BY time) AS end FROM time
    WHERE time IS NOT NULL
), rhythm AS (
    SELECT CASE WHEN count(*) >= 5 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY n.end - n.begin) ELSE '0' END AS usual
    FROM neighbour n
), gap AS (
    SELECT n.begin, n.end FROM neighbour n, rhythm h
    WHERE n.end - n.begin > greatest(interval '10 minutes', 3 * h.usual) AND n.end > %(begin)s
)
SELECT g.begin, g.end,
       EXISTS (SELECT FROM event v JOIN station s USING (station_key) WHERE s.station_id = %(station_id)s AND v.kind = 'station_offline'
               AND v.time >= g.begin AND v.time < g.end) AS said_offline,
       NOT EXISTS (SELECT FROM reading r WHERE r.time > g.begin + interval '5 minutes' AND r.time < g.end - interval '5 minutes')
           AND EXISTS (SELECT FROM station WHERE station_id <> %(station_id)s AND removed_at IS NULL) AS all_silent
FROM gap g
ORDER BY g.begin
LIMIT %(limit)s
