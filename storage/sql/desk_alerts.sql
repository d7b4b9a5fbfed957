SELECT a.alert_key, s.station_id, s.name, a.kind, a.begin, a.end, a.detail, n.noted_at, n.note, count(*) OVER ()::int AS rows
FROM alert a JOIN station s USING (station_key) LEFT JOIN restricted.alert_note n USING (alert_key)
WHERE s.removed_at IS NULL
  AND (%(kind)s::text IS NULL OR a.kind = %(kind)s)
  AND (%(station_id)s::text IS NULL OR s.station_id = %(station_id)s)
  AND (NOT %(open)s::bool OR (a.end IS NULL AND n.alert_key IS NULL))
ORDER BY a.end IS NOT NULL, n.alert_key IS NOT NULL, a.begin DESC, a.alert_key DESC
LIMIT %(limit)s OFFSET %(offset)s
