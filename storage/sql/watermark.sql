-- One row that differs whenever a calibration was stored, a station added, removed, paused or set to another format or
-- time zone, or a device claimed or released; also where the same station was deleted and registered again.
SELECT (SELECT coalesce(max(calibration_key), 0) FROM calibration) AS calibration_key,
       (SELECT coalesce(max(event_key), 0) FROM event WHERE kind IN ('paused', 'resumed')) AS pauses,
       count(*) AS stations,
       coalesce(max(station_key), 0) AS newest_station,
       count(removed_at) AS removed,
       coalesce(sum(hashtext(concat_ws(' ', station_id, format, timezone))), 0)::bigint AS formats,
       (SELECT coalesce(sum(hashtext(concat_ws(' ', format, serial, station_key))), 0)::bigint
        FROM restricted.device_claim) AS claims
FROM station
