-- Stations with enough flagged hours of sensors in use in the span of a rule, none of them with an open alert of that kind or paused
-- by its owner.
-- An hour that validation has not seen yet is judged by the flags of its readings.
WITH rule AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(masks)s::int[], %(spans)s::int[], %(begin_hours)s::int[]) AS r (kind, mask, span, enough)
), flagged AS (
    SELECT r.kind, e.station_key, n.sensor_name, e.observed_property, min(h.begin) AS begin
    FROM rule r
    JOIN hour h ON h.begin >= %(now)s::timestamptz - r.span * interval '1 hour' AND h.begin < %(now)s
               AND CASE WHEN h.published_at IS NULL THEN h.raw_flags ELSE h.flags END & r.mask <> 0
    JOIN series e USING (series_key) JOIN sensor n USING (sensor_key)
    WHERE NOT n.sensor_key = ANY (%(paused_sensors)s::int[])
    GROUP BY r.kind, r.enough, e.station_key, n.sensor_name, e.observed_property
    HAVING count(*) >= r.enough
)
SELECT s.station_key, f.kind, min(f.begin) AS begin,
       jsonb_build_object('series', jsonb_agg(f.sensor_name || '/' || f.observed_property ORDER BY f.sensor_name, f.observed_property)) AS detail
FROM flagged f JOIN station s USING (station_key)
WHERE s.removed_at IS NULL AND NOT s.station_key = ANY (%(paused)s)
  AND NOT EXISTS (SELECT FROM alert a WHERE a.station_key = s.station_key AND a.kind = f.kind AND a.end IS NULL)
GROUP BY s.station_key, f.kind
