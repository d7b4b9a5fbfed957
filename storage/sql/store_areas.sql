-- Areas with their outlines; one that is known gets the new name, kind and outline. The rings come beside them, by code.
WITH stored AS (
    INSERT INTO area (code, name, kind, min_lon, min_lat, max_lon, max_lat, geometry, source, loaded_at)
    SELECT code, name, kind, min_lon, min_lat, max_lon, max_lat, geometry::json, %(source)s, %(loaded_at)s
    FROM unnest(%(code)s::text[], %(name)s::text[], %(kind)s::text[], %(min_lon)s::float8[], %(min_lat)s::float8[],
                %(max_lon)s::float8[], %(max_lat)s::float8[], %(geometry)s::text[])
         AS new (code, name, kind, min_lon, min_lat, max_lon, max_lat, geometry)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, min_lon = excluded.min_lon,
        min_lat = excluded.min_lat, max_lon = excluded.max_lon, max_lat = excluded.max_lat, geometry = excluded.geometry,
        source = excluded.source, loaded_at = excluded.loaded_at
    RETURNING area_key, code
)
INSERT INTO area_ring (area_key, ring)
SELECT s.area_key, r.ring::polygon
FROM unnest(%(ring_code)s::text[], %(ring)s::text[]) AS r (code, ring) JOIN stored s USING (code)
