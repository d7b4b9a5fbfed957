INSERT INTO restricted.receipt VALUES ('rc-1', '2026-02-15', 'correct', 'lb-one', '{"done": ["name"]}');
INSERT INTO removed_series VALUES (99, '2026-02-15', '2026-01-05', '2026-01-06');
