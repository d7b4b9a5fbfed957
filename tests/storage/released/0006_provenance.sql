UPDATE hour SET published_at = '2026-01-09', published_raw = raw, revision = 1 WHERE begin = '2026-01-05';
INSERT INTO hour_revision VALUES (1, '2026-01-05', 0, 1, 2, 1, 3, 2, 1, 3, 0, 1, '2026-01-08', '2026-01-09');
INSERT INTO job VALUES ('look', '2026-01-01', '2026-01-09', NULL);
INSERT INTO score VALUES ('2026-01-09', 'v1', 'pm2_5', 'SPS30', 0, 5, 'value', '2026-01-01', '2026-01-09', 3, 2, 100, 1.5, 0.1,
    1, 0.95, 3, 0.9, '2026-01-09');
