SELECT x.exclusion_key, s.station_id, x.begin, x.end, x.reason, x.made_at
FROM station_exclusion x JOIN station s USING (station_key)
WHERE s.station_id = %(station_id)s
ORDER BY x.begin DESC, x.exclusion_key DESC
