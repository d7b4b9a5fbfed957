SELECT v.event_key, v.time, v.kind, s.station_id, v.detail
FROM event v JOIN station s USING (station_key)
WHERE v.kind = ANY (%(kinds)s::text[]) AND v.time < %(before)s
  AND (NOT %(pending)s OR NOT EXISTS (
      SELECT FROM job j WHERE j.job_id = 'change ' || v.event_key AND j.ended_at IS NOT NULL))
ORDER BY v.time, v.event_key
