SELECT a.code, a.name, a.kind, a.min_lon, a.min_lat, a.max_lon, a.max_lat, a.source, a.loaded_at,
       CASE WHEN %(with_geometry)s THEN a.geometry::text END AS geometry
FROM area a
WHERE (%(after)s::text IS NULL OR a.code > %(after)s)
  AND (%(code)s::text IS NULL OR a.code = %(code)s)
  AND (%(kind)s::text IS NULL OR a.kind = %(kind)s)
  AND (%(min_lat)s::float8 IS NULL OR a.max_lat >= %(min_lat)s AND a.min_lat <= %(max_lat)s)
  AND (%(min_lon)s::float8 IS NULL OR CASE WHEN %(min_lon)s::float8 <= %(max_lon)s::float8
           THEN a.max_lon >= %(min_lon)s AND a.min_lon <= %(max_lon)s
           ELSE a.max_lon >= %(min_lon)s OR a.min_lon <= %(max_lon)s END) -- a box over the antimeridian
  AND (%(near_lat)s::float8 IS NULL OR area_holds(a.area_key, %(near_lon)s, %(near_lat)s))
ORDER BY a.code
LIMIT %(limit)s
