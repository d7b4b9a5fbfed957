-- The nearest official station that measures a property, in the kind of place that its site type begins with.
(SELECT r.reference_station_id FROM sta_reference r
 WHERE {property} = ANY (r.properties) AND coalesce(r.site_type, '') ~ {pattern}
 ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS {column}
