SELECT s.station_id, s.name, s.latitude, s.longitude, s.municipality, s.project, s.simulated,
       e.series_key, n.sensor_name, n.sensor_model, e.observed_property, e.unit,
       l.time, l.raw, l.value, l.lower, l.upper, l.flags, c.calibration_id
FROM latest l JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
LEFT JOIN calibration c USING (calibration_key)
WHERE s.removed_at IS NULL
  AND (%(observed_property)s::text IS NULL OR e.observed_property = %(observed_property)s)
  AND (%(station_id)s::text IS NULL OR s.station_id = %(station_id)s)
  AND (%(municipality)s::text IS NULL OR s.municipality = %(municipality)s)
  AND (%(area)s::text IS NULL OR EXISTS (
           SELECT FROM area a
           WHERE a.code = %(area)s AND s.longitude BETWEEN a.min_lon AND a.max_lon AND s.latitude BETWEEN a.min_lat AND a.max_lat
             AND area_holds(a.area_key, s.longitude, s.latitude)))
  AND (%(min_lat)s::float8 IS NULL OR s.latitude BETWEEN %(min_lat)s AND %(max_lat)s)
  AND (%(min_lon)s::float8 IS NULL OR CASE WHEN %(min_lon)s::float8 <= %(max_lon)s::float8
           THEN s.longitude BETWEEN %(min_lon)s AND %(max_lon)s
           ELSE s.longitude >= %(min_lon)s OR s.longitude <= %(max_lon)s END) -- a box over the antimeridian
ORDER BY s.station_id COLLATE "C", n.sensor_name COLLATE "C", e.observed_property COLLATE "C"
LIMIT %(limit)s
