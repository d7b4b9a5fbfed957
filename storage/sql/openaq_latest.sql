-- Last readings of one location or of one parameter.
SELECT json_build_object(
    'datetime', local_times(l.time, s.timezone), 'value', (CASE WHEN p.calibrated THEN l.value ELSE l.raw END) * p.factor,
    'coordinates', c.coordinates, 'sensorsId', e.series_key, 'locationsId', e.station_key)::text
FROM series e JOIN station s USING (station_key) JOIN parameter p USING (observed_property) JOIN latest l USING (series_key)
JOIN placed c USING (station_key)
WHERE s.removed_at IS NULL AND (l.value IS NOT NULL OR NOT p.calibrated)
  AND (%(station)s::int IS NULL OR e.station_key = %(station)s)
  AND (%(parameter)s::int IS NULL OR p.id = %(parameter)s)
  AND (%(since)s::timestamptz IS NULL OR l.time >= %(since)s)
ORDER BY e.series_key
LIMIT %(limit)s OFFSET %(offset)s
