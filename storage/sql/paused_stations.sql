-- What owners paused and nobody resumed: a station as a whole (no sensor named), or one sensor of it. Whoever resumes the station
-- resumes its sensors too, as ingest/pauses.py has it.
SELECT DISTINCT p.station_key, n.sensor_key, p.detail ->> 'sensor' IS NULL AS whole
FROM event p LEFT JOIN sensor n ON n.station_key = p.station_key AND n.sensor_name = p.detail ->> 'sensor'
WHERE p.kind = 'paused' AND p.station_key IS NOT NULL AND p.time <= %(now)s
  AND NOT EXISTS (
      SELECT FROM event r
      WHERE r.kind = 'resumed' AND r.station_key = p.station_key AND r.time <= %(now)s AND (r.time, r.event_key) > (p.time, p.event_key)
        AND (r.detail ->> 'sensor' IS NULL OR r.detail ->> 'sensor' = p.detail ->> 'sensor'))
