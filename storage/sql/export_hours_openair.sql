-- One row a station and hour, as the R package openair reads it: `date` is the begin of the hour. Of two sensors of one
-- property the mean counts, in the digits that an hour has. Values of failed hours are left out; pollutants in the unit of their series.
SELECT to_char(h.begin, 'YYYY-MM-DD HH24:MI:SS') AS date, regexp_replace(s.name, '^([-=+@])', '''\1') AS site, s.station_id AS code,
       s.latitude, s.longitude,
       (avg(h.value) FILTER (WHERE e.observed_property = 'pm2_5'))::real AS pm25,
       (avg(h.value) FILTER (WHERE e.observed_property = 'pm10'))::real AS pm10,
       (avg(h.value) FILTER (WHERE e.observed_property = 'no2'))::real AS no2,
       (avg(h.value) FILTER (WHERE e.observed_property = 'o3'))::real AS o3,
       (avg(h.raw) FILTER (WHERE e.observed_property = 'wind_speed'))::real AS ws,
       mod((atan2d(avg(sind(h.raw)) FILTER (WHERE e.observed_property = 'wind_direction'),
         avg(cosd(h.raw)) FILTER (WHERE e.observed_property = 'wind_direction')) + 360)::numeric, 360)::real AS wd,
       (avg(h.raw) FILTER (WHERE e.observed_property = 'temperature'))::real AS air_temp,
       (avg(h.raw) FILTER (WHERE e.observed_property = 'relative_humidity'))::real AS rh
FROM unnest(%(series_keys)s::int[]) AS wanted (series_key)
JOIN series e USING (series_key) JOIN station s ON s.station_key = e.station_key
JOIN hour h ON h.series_key = wanted.series_key AND h.begin >= %(begin)s AND h.begin < %(end)s
WHERE h.flags & (%(missing)s | %(fail)s) = 0
GROUP BY s.station_id, s.name, s.latitude, s.longitude, h.begin
ORDER BY s.station_id, h.begin
