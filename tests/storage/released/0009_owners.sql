INSERT INTO restricted.owner_credential VALUES (1, 'hash of a token', '2026-01-09');
INSERT INTO restricted.station_code VALUES (2, 'claim', 'hash of a code', '2026-03-01');
INSERT INTO restricted.address_code VALUES (2, 'other@example.org', 'en', 'hash', 1, '2026-03-01');
UPDATE restricted.owner_contact SET confirmed_at = '2026-01-10';
INSERT INTO restricted.owner_webhook VALUES (1, 'https://example.org/hook');
INSERT INTO alert (station_key, kind, begin, detail) VALUES (1, 'silent', '2026-01-10', '{"hours": 3}');
INSERT INTO restricted.alert_delivery VALUES (1, 'begin', 'email', '2026-01-10', 2, NULL, NULL, 'refused');
INSERT INTO event (time, kind, station_key, detail) VALUES ('2026-01-10', 'resumed', 1, '{}');
