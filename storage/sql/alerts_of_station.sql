SELECT a.kind, a.begin, a.end, a.detail FROM alert a JOIN station s USING (station_key)
WHERE s.station_id = %(station_id)s
ORDER BY a.begin DESC, a.alert_key DESC
LIMIT %(limit)s
