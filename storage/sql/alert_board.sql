-- Each active station that has ever sent, with its open alerts.
SELECT s.station_id, s.name,
       coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'begin', a.begin, 'detail', a.detail) ORDER BY a.kind)
                FILTER (WHERE a.kind IS NOT NULL), '[]') AS alerts
FROM station s LEFT JOIN alert a ON a.station_key = s.station_key AND a.end IS NULL
WHERE s.removed_at IS NULL AND EXISTS (SELECT FROM series e JOIN latest USING (series_key) WHERE e.station_key = s.station_key)
GROUP BY s.station_id, s.name
ORDER BY s.station_id
