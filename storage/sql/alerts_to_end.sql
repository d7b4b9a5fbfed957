-- Open alerts whose station has hours enough again, hardly any of them flagged in any of its series: fewer than began it. What is
-- said of a sensor that is paused by now stays: nothing is known of it.
WITH rule AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(masks)s::int[], %(spans)s::int[], %(end_hours)s::int[], %(calm)s::int[]) AS r (kind, mask, span, least, calm)
)
SELECT a.alert_key
FROM alert a JOIN rule r USING (kind)
CROSS JOIN LATERAL (
    SELECT max(hours) AS hours, max(flagged) AS flagged
    FROM (
        SELECT count(*) AS hours,
               count(*) FILTER (WHERE CASE WHEN h.published_at IS NULL THEN h.raw_flags ELSE h.flags END & r.mask <> 0) AS flagged
        FROM hour h JOIN series e USING (series_key)
        WHERE e.station_key = a.station_key AND h.begin >= %(now)s::timestamptz - r.span * interval '1 hour' AND h.begin < %(now)s
        GROUP BY h.series_key
    ) AS one
) AS seen
WHERE a.end IS NULL AND NOT a.station_key = ANY (%(paused)s) AND seen.hours >= r.least AND seen.flagged <= r.calm
  AND NOT EXISTS (
      SELECT FROM sensor n, jsonb_array_elements_text(a.detail -> 'series') AS told
      WHERE n.sensor_key = ANY (%(paused_sensors)s::int[]) AND n.station_key = a.station_key AND split_part(told, '/', 1) = n.sensor_name)
