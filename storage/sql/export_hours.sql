SELECT s.station_id, e.series_key AS series_id, n.sensor_model, e.observed_property, e.unit,
       to_char(h.begin, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS begin,
       to_char(h.begin + interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS end,
       h.raw, h.raw_min, h.raw_max, h.raw_sd, h.observed_count, h.data_capture, h.value, h.lower, h.upper,
       h.estimate, h.estimate_lower, h.estimate_upper, h.flags AS flag_mask,
       CASE WHEN h.flags & %(missing)s <> 0 THEN 9 WHEN h.flags & %(fail)s <> 0 THEN 4
            WHEN h.flags & %(suspect)s <> 0 THEN 3 WHEN h.flags & %(not_evaluated)s <> 0 THEN 2 ELSE 1 END AS quality,
       c.calibration_id
FROM unnest(%(series_keys)s::int[]) WITH ORDINALITY AS wanted (series_key, place)
JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
JOIN hour h ON h.series_key = wanted.series_key AND h.begin >= %(begin)s AND h.begin < %(end)s
LEFT JOIN calibration c USING (calibration_key)
ORDER BY wanted.place, h.begin
