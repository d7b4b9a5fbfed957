-- Days of a time zone in an area: of each station the mean of its hours, where it has enough of them; of these the median, how
-- they scatter and their mean half width.
WITH daily AS (
    SELECT date_trunc('day', h.begin, %(zone)s) AS day, e.station_key, avg(h.value) AS value,
           avg((h.upper - h.lower) / 2) AS half, count(DISTINCT h.begin) AS hours
    FROM stations_of_area(%(code)s) AS m JOIN series e USING (station_key) JOIN hour h USING (series_key)
    WHERE e.observed_property = %(observed_property)s AND h.begin >= %(begin)s AND h.begin < %(end)s
      AND h.value IS NOT NULL AND h.flags & %(fail)s = 0
    GROUP BY 1, 2
)
SELECT (day AT TIME ZONE %(zone)s)::date AS day, count(*)::int AS stations,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median, stddev_samp(value) AS sd, avg(half) AS half
FROM daily
WHERE hours >= %(least_hours)s
GROUP BY day
ORDER BY day
