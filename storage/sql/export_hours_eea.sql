-- The columns of the EEA's download service; codes from dd.eionet.europa.eu/vocabulary/aq. Verification 3 is not verified;
-- validity 1 is valid and -1 not valid, which is what our levels 1 and 2 (no finding) and 3, 4 and 9 come to.
SELECT s.station_id || '/' || n.sensor_name AS "Samplingpoint",
       CASE e.observed_property WHEN 'so2' THEN 1 WHEN 'pm10' THEN 5 WHEN 'o3' THEN 7 WHEN 'no2' THEN 8 WHEN 'co' THEN 10
            WHEN 'nh3' THEN 35 WHEN 'no' THEN 38 WHEN 'bc' THEN 391 WHEN 'pm2_5' THEN 6001 WHEN 'pm1' THEN 6002 END AS "Pollutant",
       to_char(h.begin, 'YYYY-MM-DD HH24:MI:SS') AS "Start",
       to_char(h.begin + interval '1 hour', 'YYYY-MM-DD HH24:MI:SS') AS "End",
       h.value AS "Value", CASE e.unit WHEN 'ug/m3' THEN 'ug.m-3' ELSE e.unit END AS "Unit", 'hour' AS "AggType",
       CASE WHEN h.value IS NULL OR h.flags & (%(missing)s | %(fail)s | %(suspect)s) <> 0 THEN -1 ELSE 1 END AS "Validity",
       3 AS "Verification", to_char(h.computed_at, 'YYYY-MM-DD HH24:MI:SS') AS "ResultTime",
       round((100 * h.data_capture)::numeric) AS "DataCapture", c.calibration_id AS "FkObservationLog"
FROM unnest(%(series_keys)s::int[]) WITH ORDINALITY AS wanted (series_key, place)
JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
JOIN hour h ON h.series_key = wanted.series_key AND h.begin >= %(begin)s AND h.begin < %(end)s
LEFT JOIN calibration c USING (calibration_key)
WHERE e.observed_property IN ('so2', 'pm10', 'o3', 'no2', 'co', 'nh3', 'no', 'bc', 'pm2_5', 'pm1')
ORDER BY wanted.place, h.begin
