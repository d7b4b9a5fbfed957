-- Days of a time zone in an area: of each station the mean of its hours, where it has enough of them; of these the median, how
-- they scatter and their mean half width. Of a station with two sensors the fuller one's hours count.
WITH daily AS (
    SELECT e.station_key, date_trunc('day', h.begin, %(zone)s) AS day, sum(h.value) AS value, sum(h.upper - h.lower) / 2 AS half,
           count(*) AS hours
    FROM stations_of_area(%(code)s) AS m JOIN series e USING (station_key) JOIN hour h USING (series_key)
    WHERE e.observed_property = %(observed_property)s AND h.begin >= %(begin)s AND h.begin < %(end)s
      AND h.value IS NOT NULL AND h.flags & %(fail)s = 0
      AND NOT EXISTS (SELECT FROM station_exclusion x WHERE x.station_key = e.station_key AND h.begin >= x.begin AND (x.end IS NULL OR h.begin < x.end))
    GROUP BY e.station_key, e.series_key, 2
), stationed AS (
    SELECT station_key, day, sum(value) / sum(hours) AS value, sum(half) / sum(hours) AS half, max(hours) AS hours
    FROM daily GROUP BY station_key, day
)
SELECT (day AT TIME ZONE %(zone)s)::date AS day, count(*)::int AS stations,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median, stddev_samp(value) AS sd, avg(half) AS half
FROM stationed
WHERE hours >= %(least_hours)s
GROUP BY day
ORDER BY day
