-- One row a station of a campaign: the mean of its hours with a value, its sensors side by side, until it left.
SELECT s.station_id, s.name, s.latitude, s.longitude, found.unit, found.value, found.half, coalesce(found.hours, 0)::int AS hours
FROM stations_of_campaign(%(campaign_key)s) AS m JOIN station s USING (station_key)
LEFT JOIN LATERAL (
    SELECT max(e.unit) AS unit, avg(h.value) AS value, avg((h.upper - h.lower) / 2) AS half, count(DISTINCT h.begin) AS hours
    FROM series e JOIN hour h USING (series_key)
    WHERE e.station_key = m.station_key AND e.observed_property = %(observed_property)s
      AND h.begin >= %(begin)s AND h.begin < least(%(end)s, m.until) AND h.value IS NOT NULL AND h.flags & %(fail)s = 0
) AS found ON true
ORDER BY s.station_id
