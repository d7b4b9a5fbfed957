INSERT INTO restricted.staff_account (name, role, password_hash, created_at) VALUES ('officer', 'data_officer', 'argon2 hash', '2026-02-13');
INSERT INTO restricted.staff_session (token_hash, account_key, subject, name, role, begun_at, seen_at) VALUES
    ('hash of a token', 1, 'officer', 'officer', 'data_officer', '2026-02-13', '2026-02-13');
INSERT INTO restricted.alert_note VALUES (1, '2026-02-13', 'looked at');
INSERT INTO station_exclusion (station_key, begin, reason, made_at) VALUES (2, '2026-02-01', 'indoors', '2026-02-13');
INSERT INTO restricted.audit (time, actor, role, action, object, after) VALUES
    ('2026-02-13', 'officer', 'data_officer', 'station.excluded', 'station lb-two', '{"reason": "indoors"}'),
    ('2026-02-14', 'command', '', 'station.keys', 'station lb-one', '{}');
