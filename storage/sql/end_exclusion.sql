-- One that has not begun yet ends as it begins, an instant long, and an instant late: hours count by their begin, and none may
-- begin in it. What was decided stays to be read.
UPDATE station_exclusion x
SET begin = CASE WHEN x.begin < %(at)s::timestamptz THEN x.begin ELSE x.begin + interval '1 microsecond' END,
    "end" = CASE WHEN x.begin < %(at)s::timestamptz THEN %(at)s::timestamptz ELSE x.begin + interval '2 microseconds' END
FROM station s
WHERE x.station_key = s.station_key AND x.exclusion_key = %(exclusion_key)s AND (x.end IS NULL OR x.end > greatest(%(at)s, x.begin + interval '1 microsecond'))
RETURNING s.station_id
