INSERT INTO restricted.alert_note (alert_key, noted_at, note)
SELECT alert_key, %(at)s, %(note)s FROM alert WHERE alert_key = %(alert_key)s
ON CONFLICT (alert_key) DO UPDATE SET noted_at = excluded.noted_at, note = excluded.note
RETURNING (SELECT s.station_id FROM alert a JOIN station s USING (station_key) WHERE a.alert_key = %(alert_key)s) AS station_id
