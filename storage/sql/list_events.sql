SELECT v.time, v.kind, s.station_id, v.detail
FROM event v LEFT JOIN station s USING (station_key)
WHERE (%(since)s::timestamptz IS NULL OR v.time >= %(since)s)
  AND (%(kind)s::text IS NULL OR v.kind = %(kind)s)
  AND (%(station_id)s::text IS NULL OR s.station_id = %(station_id)s)
ORDER BY v.time DESC, v.event_key DESC
LIMIT %(limit)s
