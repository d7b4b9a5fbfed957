INSERT INTO area (code, name, kind, min_lon, min_lat, max_lon, max_lat, geometry, source, loaded_at) VALUES
    ('GM0402', 'Hilversum', 'municipality', 5, 52, 6, 53, '{"type": "MultiPolygon", "coordinates": []}', 'file', '2026-01-11');
INSERT INTO area_ring VALUES (1, '((5,52),(6,52),(6,53),(5,53))');
