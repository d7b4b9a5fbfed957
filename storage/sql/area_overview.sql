-- For each of some areas what area_statistics.sql says of one; a station without a usable hour counts among the stations only.
WITH member AS MATERIALIZED (
    SELECT w.code, m.station_key FROM unnest(%(codes)s::text[]) AS w (code), stations_of_area(w.code) AS m
), serial AS (
    SELECT m.code, m.station_key, sum(h.value) AS value, sum(h.upper - h.lower) / 2 AS half, count(*) AS hours
    FROM member m JOIN series e USING (station_key) JOIN hour h USING (series_key)
    WHERE e.observed_property = %(observed_property)s AND h.begin >= %(begin)s AND h.begin < %(end)s
      AND h.value IS NOT NULL AND h.flags & %(fail)s = 0
      AND NOT EXISTS (SELECT FROM station_exclusion x WHERE x.station_key = e.station_key AND h.begin >= x.begin AND (x.end IS NULL OR h.begin < x.end))
    GROUP BY m.code, m.station_key, e.series_key
), measured AS (
    SELECT code, station_key, sum(value) / sum(hours) AS value, sum(half) / sum(hours) AS half, max(hours) AS hours
    FROM serial GROUP BY code, station_key
), found AS (
    SELECT code, count(*)::int AS measuring, percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median,
           stddev_samp(value) AS sd, avg(half) AS half, sum(hours)::int AS hours
    FROM measured GROUP BY code
)
SELECT w.code, coalesce(n.stations, 0)::int AS stations, coalesce(f.measuring, 0) AS measuring, f.median, f.sd, f.half,
       coalesce(f.hours, 0) AS hours
FROM unnest(%(codes)s::text[]) AS w (code)
LEFT JOIN (SELECT code, count(*) AS stations FROM member GROUP BY code) AS n USING (code)
LEFT JOIN found f USING (code)
ORDER BY w.code
