-- Series as sensors, with their last reading and what their hours come to.
, wanted AS (
    SELECT e.series_key, e.station_key, n.sensor_name, e.observed_property, s.timezone
    FROM series e JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
    JOIN parameter p USING (observed_property)
    WHERE s.removed_at IS NULL AND (%(id)s::int IS NULL OR e.series_key = %(id)s)
      AND (%(station)s::int IS NULL OR e.station_key = %(station)s)
    ORDER BY e.series_key
    LIMIT %(limit)s OFFSET %(offset)s
)
SELECT json_build_object(
    'id', w.series_key, 'name', w.sensor_name || ' ' || p.name || ' ' || p.units, 'parameter', d.document,
    'datetimeFirst', local_times((SELECT min(h.begin) FROM hour h WHERE h.series_key = w.series_key), w.timezone),
    'datetimeLast', local_times((SELECT l.time FROM latest l WHERE l.series_key = w.series_key), w.timezone),
    'coverage', NULL, 'summary', NULL,
    'latest', (
        SELECT json_build_object('datetime', local_times(l.time, w.timezone),
                                 'value', (CASE WHEN p.calibrated THEN l.value ELSE l.raw END) * p.factor,
                                 'coordinates', c.coordinates)
        FROM latest l JOIN placed c ON c.station_key = w.station_key
        WHERE l.series_key = w.series_key AND (l.value IS NOT NULL OR NOT p.calibrated)))::text
FROM wanted w JOIN parameter p USING (observed_property) JOIN described d USING (id)
ORDER BY w.series_key
