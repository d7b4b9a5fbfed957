-- One row that differs whenever a calibration was stored or a station added, removed or set to another format.
SELECT (SELECT coalesce(max(calibration_key), 0) FROM calibration) AS calibration_key,
       count(*) AS stations,
       count(removed_at) AS removed,
       coalesce(sum(hashtext(station_id || ' ' || format)), 0)::bigint AS formats
FROM station
