SELECT h.begin, n.sensor_name, e.observed_property, h.revision, h.raw, h.value, h.lower, h.upper, h.estimate, h.flags,
       h.published_at, h.superseded_at
FROM hour_revision h JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
WHERE s.station_id = %(station_id)s ORDER BY h.begin, h.revision
