-- One row a station: the mean of its hours in [begin, end), of its first sensor that has one. A mean of fewer hours than `least` is
-- none. The interval is the mean of the hours' intervals: as if their errors were one and the same, the widest that it can be.
WITH measured AS (
    SELECT h.series_key, max(h.begin) + interval '1 hour' AS time, count(*)::int AS raw_hours, avg(h.raw) AS raw,
           count(h.value) FILTER (WHERE h.flags & %(fail)s = 0)::int AS hours,
           avg(h.value) FILTER (WHERE h.flags & %(fail)s = 0) AS value,
           avg(h.lower) FILTER (WHERE h.flags & %(fail)s = 0) AS lower,
           avg(h.upper) FILTER (WHERE h.flags & %(fail)s = 0) AS upper, bit_or(h.flags) AS flags
    FROM hour h JOIN series e USING (series_key)
    WHERE e.observed_property = %(observed_property)s AND h.begin >= %(begin)s AND h.begin < %(end)s
    GROUP BY h.series_key
)
SELECT DISTINCT ON (s.station_id COLLATE "C")
       s.station_id, s.name, s.latitude, s.longitude, s.municipality, s.simulated, e.unit, m.time,
       CASE WHEN m.raw_hours >= %(least)s THEN m.raw END AS raw, CASE WHEN m.hours >= %(least)s THEN m.value END AS value,
       CASE WHEN m.hours >= %(least)s THEN m.lower END AS lower, CASE WHEN m.hours >= %(least)s THEN m.upper END AS upper,
       m.flags, m.hours
FROM measured m JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
WHERE s.removed_at IS NULL
ORDER BY s.station_id COLLATE "C", m.hours < %(least)s, n.sensor_name COLLATE "C"
