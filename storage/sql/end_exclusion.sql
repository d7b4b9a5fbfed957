-- One that has not begun yet ends as it begins, an instant long: what was decided stays to be read.
UPDATE station_exclusion x SET "end" = greatest(%(at)s::timestamptz, begin + interval '1 microsecond')
FROM station s
WHERE x.station_key = s.station_key AND x.exclusion_key = %(exclusion_key)s AND (x.end IS NULL OR x.end > %(at)s)
RETURNING s.station_id
