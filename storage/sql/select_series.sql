-- The distance is that of list_stations.sql.
SELECT e.series_key, s.station_id, s.name, s.latitude, s.longitude, s.municipality, s.project, s.simulated, s.removed_at,
       n.sensor_name, n.sensor_model, e.observed_property, e.unit
FROM series e JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
WHERE (%(after)s::int IS NULL OR e.series_key > %(after)s)
  AND (%(include_removed)s OR s.removed_at IS NULL)
  AND (%(station_id)s::text IS NULL OR s.station_id = %(station_id)s)
  AND (%(municipality)s::text IS NULL OR s.municipality = %(municipality)s)
  AND (%(project)s::text IS NULL OR s.project = %(project)s)
  AND (%(observed_property)s::text IS NULL OR e.observed_property = %(observed_property)s)
  AND (%(sensor_model)s::text IS NULL OR n.sensor_model = %(sensor_model)s)
  AND (%(min_lat)s::float8 IS NULL OR s.latitude BETWEEN %(min_lat)s AND %(max_lat)s)
  AND (%(min_lon)s::float8 IS NULL OR CASE WHEN %(min_lon)s::float8 <= %(max_lon)s::float8
           THEN s.longitude BETWEEN %(min_lon)s AND %(max_lon)s
           ELSE s.longitude >= %(min_lon)s OR s.longitude <= %(max_lon)s END) -- a box over the antimeridian
  AND (%(near_lat)s::float8 IS NULL OR 2 * 6371008.8 * asin(least(1, sqrt(
           sind((s.latitude - %(near_lat)s) / 2) ^ 2
           + cosd(%(near_lat)s) * cosd(s.latitude) * sind((s.longitude - %(near_lon)s) / 2) ^ 2))) <= %(radius_m)s::float8)
  AND (%(area)s::text IS NULL OR EXISTS (
           SELECT FROM area a
           WHERE a.code = %(area)s AND s.longitude BETWEEN a.min_lon AND a.max_lon AND s.latitude BETWEEN a.min_lat AND a.max_lat
             AND area_holds(a.area_key, s.longitude, s.latitude)))
ORDER BY e.series_key
LIMIT %(limit)s::bigint
