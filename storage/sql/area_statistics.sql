-- One number a station (the mean of its hours with a value, its sensors side by side), and of these the median, mean and spread: a
-- street with ten stations counts as ten, a station with ten hours as one. `half` is a station's mean half width: as if the
-- errors of its hours were one and the same, which is the widest that they can be.
WITH member AS MATERIALIZED (
    SELECT s.station_key
    FROM area a JOIN station s ON s.longitude BETWEEN a.min_lon AND a.max_lon AND s.latitude BETWEEN a.min_lat AND a.max_lat
    WHERE a.code = %(code)s AND s.removed_at IS NULL AND area_holds(a.area_key, s.longitude, s.latitude)
), measured AS (
    SELECT m.station_key, e.unit, avg(h.value) AS value, avg((h.upper - h.lower) / 2) AS half,
           count(DISTINCT h.begin) AS hours
    FROM member m JOIN series e USING (station_key) JOIN hour h USING (series_key)
    WHERE e.observed_property = %(observed_property)s AND h.begin >= %(begin)s AND h.begin < %(end)s
      AND h.value IS NOT NULL AND h.flags & %(fail)s = 0
      AND NOT EXISTS (SELECT FROM station_exclusion x WHERE x.station_key = e.station_key AND h.begin >= x.begin AND (x.end IS NULL OR h.begin < x.end))
    GROUP BY m.station_key, e.unit
)
SELECT (SELECT count(*) FROM member)::int AS stations, count(*)::int AS measuring, max(unit) AS unit,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median, avg(value) AS mean, stddev_samp(value) AS sd,
       min(value) AS minimum, max(value) AS maximum,
       percentile_cont(ARRAY[0.05, 0.25, 0.75, 0.95]) WITHIN GROUP (ORDER BY value) AS quantiles, avg(half) AS half,
       coalesce(sum(hours), 0)::int AS hours
FROM measured
