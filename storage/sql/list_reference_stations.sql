SELECT reference_station_id, network, name, latitude, longitude, site_type
FROM reference_station
WHERE (%(min_lat)s::float8 IS NULL OR latitude BETWEEN %(min_lat)s AND %(max_lat)s)
  AND (%(min_lon)s::float8 IS NULL OR CASE WHEN %(min_lon)s::float8 <= %(max_lon)s::float8
           THEN longitude BETWEEN %(min_lon)s AND %(max_lon)s
           ELSE longitude >= %(min_lon)s OR longitude <= %(max_lon)s END) -- a box over the antimeridian
ORDER BY reference_station_id
