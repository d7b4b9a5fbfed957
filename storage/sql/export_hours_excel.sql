-- For a spreadsheet that is set to Dutch: decimal commas, and times that it takes for times. A text that would be taken for
-- a formula gets an apostrophe before it.
SELECT s.station_id AS station, regexp_replace(s.name, '^([-=+@])', '''\1') AS naam,
       regexp_replace(s.municipality, '^([-=+@])', '''\1') AS gemeente, n.sensor_model AS sensor,
       e.observed_property AS component, e.unit AS eenheid,
       to_char(h.begin, 'YYYY-MM-DD HH24:MI:SS') AS begin_utc,
       to_char(h.begin + interval '1 hour', 'YYYY-MM-DD HH24:MI:SS') AS einde_utc,
       translate(h.raw::text, '.', ',') AS ruw, translate(h.value::text, '.', ',') AS waarde,
       translate(h.lower::text, '.', ',') AS ondergrens, translate(h.upper::text, '.', ',') AS bovengrens,
       translate(h.data_capture::text, '.', ',') AS dekking, h.flags AS vlaggen,
       CASE WHEN h.flags & %(missing)s <> 0 THEN 9 WHEN h.flags & %(fail)s <> 0 THEN 4
            WHEN h.flags & %(suspect)s <> 0 THEN 3 WHEN h.flags & %(not_evaluated)s <> 0 THEN 2 ELSE 1 END AS kwaliteit,
       c.calibration_id AS kalibratie
FROM unnest(%(series_keys)s::int[]) WITH ORDINALITY AS wanted (series_key, place)
JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
JOIN hour h ON h.series_key = wanted.series_key AND h.begin >= %(begin)s AND h.begin < %(end)s
LEFT JOIN calibration c USING (calibration_key)
ORDER BY wanted.place, h.begin
