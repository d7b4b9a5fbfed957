-- Mean of an area's values by local day of the week (1 Monday) and hour, of hours in which enough of its stations measured.
WITH hourly AS (
    SELECT h.begin AT TIME ZONE %(zone)s AS local, percentile_cont(0.5) WITHIN GROUP (ORDER BY h.value) AS value,
           count(DISTINCT e.station_key) AS stations
    FROM stations_of_area(%(code)s) AS m JOIN series e USING (station_key) JOIN hour h USING (series_key)
    WHERE e.observed_property = %(observed_property)s AND h.begin >= %(begin)s AND h.begin < %(end)s
      AND h.value IS NOT NULL AND h.flags & %(fail)s = 0
      AND NOT EXISTS (SELECT FROM station_exclusion x WHERE x.station_key = e.station_key AND h.begin >= x.begin AND (x.end IS NULL OR h.begin < x.end))
    GROUP BY h.begin
)
SELECT extract(isodow FROM local)::int AS weekday, extract(hour FROM local)::int AS hour, avg(value) AS value, count(*)::int AS hours
FROM hourly
WHERE stations >= %(least_stations)s
GROUP BY 1, 2
ORDER BY 1, 2
