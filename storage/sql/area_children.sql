-- The areas of a kind that lie in another: of CBS by their codes (GM0402 > WK040201 > BU04020103), of others by the middle of
-- their boxes.
SELECT c.code, c.name, c.kind, c.min_lon, c.min_lat, c.max_lon, c.max_lat, c.source, c.loaded_at, c.geometry::text AS geometry
FROM area p JOIN area c ON c.kind = %(kind)s AND c.area_key <> p.area_key
WHERE p.code = %(code)s
  AND CASE WHEN p.code ~ '^(GM|WK)[0-9]+$' AND c.code ~ '^(WK|BU)[0-9]+$' THEN substr(c.code, 3) LIKE substr(p.code, 3) || '%%'
           ELSE area_holds(p.area_key, (c.min_lon + c.max_lon) / 2, (c.min_lat + c.max_lat) / 2) END
ORDER BY c.code
LIMIT %(limit)s
