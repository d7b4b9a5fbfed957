SELECT station_key FROM (
    SELECT DISTINCT ON (station_key) station_key, kind FROM event
    WHERE kind IN ('paused', 'resumed') AND station_key IS NOT NULL AND time <= %(now)s
    ORDER BY station_key, time DESC, event_key DESC
) AS said
WHERE kind = 'paused'
