-- One row that differs whenever a calibration was stored or a station added, removed, paused or set to another format.
SELECT (SELECT coalesce(max(calibration_key), 0) FROM calibration) AS calibration_key,
       (SELECT coalesce(max(event_key), 0) FROM event WHERE kind IN ('paused', 'resumed')) AS pauses,
       count(*) AS stations,
       count(removed_at) AS removed,
       coalesce(sum(hashtext(station_id || ' ' || format)), 0)::bigint AS formats
FROM station
