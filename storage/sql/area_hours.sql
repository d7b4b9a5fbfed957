-- Hours of the stations in a box, those with any of some flags left out: what is laid side by side to see who stands out.
-- A station with two sensors counts once, with their mean.
SELECT s.station_id, s.latitude, s.longitude, extract(epoch FROM h.begin AT TIME ZONE %(zone)s)::bigint / 3600 AS local_hour,
       avg(h.value)::real AS value, avg((h.upper - h.lower) / 2)::real AS half
FROM station s JOIN series e USING (station_key) JOIN hour h USING (series_key)
WHERE s.removed_at IS NULL AND s.latitude BETWEEN %(min_lat)s AND %(max_lat)s AND s.longitude BETWEEN %(min_lon)s AND %(max_lon)s
  AND e.observed_property = %(observed_property)s AND h.begin >= %(begin)s AND h.begin < %(end)s
  AND h.value IS NOT NULL AND h.flags & %(none_of)s = 0
  AND NOT EXISTS (SELECT FROM station_exclusion x WHERE x.station_key = e.station_key AND h.begin >= x.begin AND (x.end IS NULL OR h.begin < x.end))
GROUP BY s.station_key, h.begin
