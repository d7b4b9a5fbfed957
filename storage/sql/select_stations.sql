-- The distance is along the great circle of a sphere of 6,371,008.8 m (mean radius, IUGG): within half a percent.
SELECT station_key, station_id, name, format, timezone, latitude, longitude, municipality, project, simulated, created_at, removed_at
FROM station
WHERE (%(after)s::text IS NULL OR station_id > %(after)s)
  AND removed_at IS NULL
  AND (%(before)s::timestamptz IS NULL OR created_at <= %(before)s)
  AND (%(municipality)s::text IS NULL OR municipality = %(municipality)s)
  AND (%(project)s::text IS NULL OR project = %(project)s)
  AND (%(min_lat)s::float8 IS NULL OR latitude BETWEEN %(min_lat)s AND %(max_lat)s)
  AND (%(min_lon)s::float8 IS NULL OR CASE WHEN %(min_lon)s::float8 <= %(max_lon)s::float8
           THEN longitude BETWEEN %(min_lon)s AND %(max_lon)s
           ELSE longitude >= %(min_lon)s OR longitude <= %(max_lon)s END) -- a box over the antimeridian
  AND (%(near_lat)s::float8 IS NULL OR 2 * 6371008.8 * asin(least(1, sqrt(
           sind((latitude - %(near_lat)s) / 2) ^ 2
           + cosd(%(near_lat)s) * cosd(latitude) * sind((longitude - %(near_lon)s) / 2) ^ 2))) <= %(radius_m)s::float8)
  AND (%(area)s::text IS NULL OR EXISTS (
           SELECT FROM area a
           WHERE a.code = %(area)s AND longitude BETWEEN a.min_lon AND a.max_lon AND latitude BETWEEN a.min_lat AND a.max_lat
             AND area_holds(a.area_key, longitude, latitude)))
ORDER BY station_id
LIMIT %(limit)s
