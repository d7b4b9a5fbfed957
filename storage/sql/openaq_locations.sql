-- Stations as locations. The distance is that of list_stations.sql, where a place is asked about: least() passes over NULL.
, nearby AS (
    SELECT s.*, CASE WHEN %(near_lat)s::float8 IS NOT NULL THEN 2 * 6371008.8 * asin(least(1, sqrt(
               sind((latitude - %(near_lat)s) / 2) ^ 2
               + cosd(%(near_lat)s) * cosd(latitude) * sind((longitude - %(near_lon)s) / 2) ^ 2))) END AS distance
    FROM station s
    WHERE s.removed_at IS NULL AND (%(id)s::int IS NULL OR station_key = %(id)s)
      AND (%(min_lat)s::float8 IS NULL OR latitude BETWEEN %(min_lat)s AND %(max_lat)s)
      AND (%(min_lon)s::float8 IS NULL OR CASE WHEN %(min_lon)s::float8 <= %(max_lon)s::float8
               THEN longitude BETWEEN %(min_lon)s AND %(max_lon)s
               ELSE longitude >= %(min_lon)s OR longitude <= %(max_lon)s END) -- a box over the antimeridian
), wanted AS (
    SELECT * FROM nearby s
    WHERE (%(near_lat)s::float8 IS NULL OR distance <= %(radius_m)s::float8)
      AND (%(parameters)s::int[] IS NULL OR EXISTS (
               SELECT FROM series e JOIN parameter p USING (observed_property)
               WHERE e.station_key = s.station_key AND p.id = ANY (%(parameters)s::int[])))
      AND (%(instruments)s::int[] IS NULL OR EXISTS (
               SELECT FROM sensor n JOIN sensor m USING (sensor_model)
               WHERE n.station_key = s.station_key AND m.sensor_key = ANY (%(instruments)s::int[])))
    ORDER BY CASE WHEN %(descending)s THEN -station_key ELSE station_key END
    LIMIT %(limit)s OFFSET %(offset)s
)
SELECT json_build_object(
    'id', s.station_key, 'name', coalesce(nullif(s.name, ''), s.station_id), 'stationId', s.station_id,
    'locality', s.municipality, 'timezone', s.timezone, 'country', %(country)s::json, 'owner', %(owner)s::json,
    'provider', %(provider)s::json, 'isMobile', false, 'isMonitor', false,
    'instruments', coalesce((
        SELECT json_agg(json_build_object('id', i.id, 'name', i.sensor_model) ORDER BY i.id)
        FROM (SELECT (SELECT min(m.sensor_key) FROM sensor m WHERE m.sensor_model = n.sensor_model) AS id, n.sensor_model
              FROM sensor n WHERE n.station_key = s.station_key GROUP BY n.sensor_model) AS i), '[]'),
    'sensors', coalesce((
        SELECT json_agg(json_build_object('id', e.series_key, 'name', n.sensor_name || ' ' || p.name || ' ' || p.units,
                                          'parameter', d.document) ORDER BY e.series_key)
        FROM series e JOIN sensor n USING (sensor_key) JOIN parameter p USING (observed_property) JOIN described d USING (id)
        WHERE e.station_key = s.station_key), '[]'),
    'coordinates', (SELECT coordinates FROM placed c WHERE c.station_key = s.station_key),
    'licenses', %(licenses)s::json, 'bounds', json_build_array(s.longitude, s.latitude, s.longitude, s.latitude),
    'distance', s.distance,
    'datetimeFirst', local_times((SELECT min((SELECT min(h.begin) FROM hour h WHERE h.series_key = e.series_key))
                                  FROM series e WHERE e.station_key = s.station_key), s.timezone),
    'datetimeLast', local_times((SELECT max(l.time) FROM series e JOIN latest l USING (series_key)
                                 WHERE e.station_key = s.station_key), s.timezone))::text
FROM wanted s
ORDER BY CASE WHEN %(descending)s THEN -s.station_key ELSE s.station_key END
