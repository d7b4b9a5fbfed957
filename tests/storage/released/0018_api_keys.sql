INSERT INTO restricted.api_key VALUES
    ('abcd2345', 'hash of a secret', '{read,export}', 'a school project', '2026-02-16', '2027-02-16', NULL);
