SELECT DISTINCT ON (e.observed_property) e.observed_property, h.raw
FROM series e JOIN hour h ON h.series_key = e.series_key AND h.begin = %(time)s
WHERE e.station_key = %(station_key)s AND h.raw_flags & %(fail)s = 0
ORDER BY e.observed_property, e.series_key
