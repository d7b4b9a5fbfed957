-- Hours of an area beside the wind: the median of its stations, and the mean wind vector of the five nearest stations that
-- measure it. A direction is where the wind comes from [degrees]; directions are averaged as vectors of the length one.
WITH vane AS MATERIALIZED (
    SELECT e.series_key, e.observed_property
    FROM (SELECT DISTINCT s.station_key, (s.latitude - (a.min_lat + a.max_lat) / 2) ^ 2
                 + (cos(radians(a.min_lat)) * (s.longitude - (a.min_lon + a.max_lon) / 2)) ^ 2 AS apart
          FROM area a JOIN station s ON s.removed_at IS NULL AND s.latitude BETWEEN a.min_lat - 0.3 AND a.max_lat + 0.3
               AND s.longitude BETWEEN a.min_lon - 0.5 AND a.max_lon + 0.5
          JOIN series e ON e.station_key = s.station_key AND e.observed_property = 'wind_direction'
          WHERE a.code = %(code)s ORDER BY apart LIMIT 5) AS near
    JOIN series e USING (station_key)
    WHERE e.observed_property IN ('wind_direction', 'wind_speed')
), wind AS MATERIALIZED (
    SELECT date_bin('1 hour', r.time - interval '1 microsecond', '2000-01-01 00:00+00') AS begin,
           avg(sind(r.raw)) FILTER (WHERE v.observed_property = 'wind_direction') AS east,
           avg(cosd(r.raw)) FILTER (WHERE v.observed_property = 'wind_direction') AS north,
           avg(r.raw) FILTER (WHERE v.observed_property = 'wind_speed') AS speed
    FROM vane v JOIN reading r USING (series_key)
    WHERE r.time > %(begin)s AND r.time <= %(end)s AND r.flags & %(fail)s = 0
    GROUP BY 1
), hourly AS MATERIALIZED (
    SELECT h.begin, percentile_cont(0.5) WITHIN GROUP (ORDER BY h.value) AS value
    FROM stations_of_area(%(code)s) AS m JOIN series e USING (station_key) JOIN hour h USING (series_key)
    WHERE e.observed_property = %(observed_property)s AND h.begin >= %(begin)s AND h.begin < %(end)s
      AND h.value IS NOT NULL AND h.flags & %(fail)s = 0
      AND NOT EXISTS (SELECT FROM station_exclusion x WHERE x.station_key = e.station_key AND h.begin >= x.begin AND (x.end IS NULL OR h.begin < x.end))
    GROUP BY h.begin
    HAVING count(DISTINCT e.station_key) >= %(least_stations)s
)
SELECT begin, value, atan2d(east, north) AS direction, speed
FROM hourly JOIN wind USING (begin)
WHERE east ^ 2 + north ^ 2 > 0.04 -- turning all around in an hour is no direction
ORDER BY begin
