-- Per sensor and day: how often it sent, and how often it would have, at its usual distance between two times (the median, of at
-- least 5 times). The 7 days before are looked at too, so that a sensor that fell silent is missed; a new one owes nothing for
-- the time before its first. A time ends its interval, so that of midnight belongs to the day before.
WITH sent AS (
    SELECT n.sensor_name, r.time, min(r.received_at) AS received_at, bit_or(r.flags) AS flags
    FROM reading r JOIN series e USING (series_key) JOIN sensor n USING (sensor_key) JOIN station s ON s.station_key = e.station_key
    WHERE s.station_id = %(station_id)s AND r.time > %(begin)s::timestamptz - interval '7 days' AND r.time <= %(end)s
    GROUP BY n.sensor_name, r.time
), spaced AS (
    SELECT sensor_name, time, extract(epoch FROM time - lag(time) OVER (PARTITION BY sensor_name ORDER BY time)) AS distance FROM sent
), rhythm AS (
    SELECT sensor_name, min(time) AS first, count(*) AS times, percentile_cont(0.5) WITHIN GROUP (ORDER BY distance) AS interval_s
    FROM spaced GROUP BY sensor_name
), day AS (
    SELECT begin, least(begin + interval '1 day', %(end)s) AS end FROM generate_series(%(begin)s::timestamptz, %(end)s, '1 day') AS d (begin)
    WHERE begin < %(end)s
)
SELECT d.begin, d.end, h.sensor_name, CASE WHEN h.times >= 5 THEN h.interval_s END AS interval_s,
       count(t.time) AS received,
       count(*) FILTER (WHERE t.flags & %(late)s <> 0) AS late,
       count(*) FILTER (WHERE t.flags & %(time_received)s <> 0) AS without_time,
       CASE WHEN h.times >= 5 AND h.interval_s > 0 THEN
            greatest(0, round(extract(epoch FROM d.end - greatest(d.begin, h.first - h.interval_s * interval '1 s')) / h.interval_s))::int
       END AS expected
FROM day d CROSS JOIN rhythm h
LEFT JOIN sent t ON t.sensor_name = h.sensor_name AND t.time > d.begin AND t.time <= d.end
GROUP BY d.begin, d.end, h.sensor_name, h.interval_s, h.times, h.first
ORDER BY d.begin, h.sensor_name
