-- What the station's other sensors sent for the same moment; of two of one property, the one claimed first.
SELECT DISTINCT ON (e.observed_property) e.observed_property, r.raw
FROM series e JOIN reading r ON r.series_key = e.series_key AND r.time = %(time)s
WHERE e.station_key = %(station_key)s AND r.flags & %(fail)s = 0
ORDER BY e.observed_property, e.series_key
