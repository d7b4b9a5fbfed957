SELECT s.station_id, s.name, s.format, s.timezone, s.project, s.municipality, s.created_at, s.latitude AS public_latitude,
       s.longitude AS public_longitude, p.latitude AS exact_latitude, p.longitude AS exact_longitude, p.height_m, p.published AS exact_published,
       (SELECT json_agg(json_build_object('sensor', n.sensor_name, 'model', n.sensor_model, 'property', e.observed_property,
                                          'unit', e.unit) ORDER BY n.sensor_name, e.observed_property)
        FROM sensor n JOIN series e USING (sensor_key) WHERE n.station_key = s.station_key) AS series
FROM station s LEFT JOIN restricted.station_position p USING (station_key)
WHERE s.station_id = %(station_id)s
