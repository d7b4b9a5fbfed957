INSERT INTO area_figure VALUES ('GM0402', 'inhabitants', 93000, 'file', '2026-01-12');
