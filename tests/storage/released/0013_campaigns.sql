INSERT INTO campaign (code, name_nl, name_en, question_nl, question_en, observed_property, begin, "end", joining, contact_name,
    contact_email, created_at) VALUES
    ('hei', 'De hei', 'The heath', 'Hoe schoon?', 'How clean?', 'no2', '2026-01-12', '2026-06-01', 'invitation', 'A team',
     'team@example.org', '2026-01-12');
INSERT INTO campaign_consent VALUES (1, 1, 'Akkoord', 'Agreed', '2026-01-12');
INSERT INTO campaign_member (campaign_key, station_key, joined_at) VALUES (1, 1, '2026-01-13');
INSERT INTO campaign_agreement VALUES (1, 1, '2026-01-13');
INSERT INTO restricted.campaign_lead VALUES (1, 'argon2 hash', '2026-01-12');
INSERT INTO restricted.campaign_invitation (campaign_key, batch, code_hash, uses, used, created_at, expires_at) VALUES
    (1, 1, 'hash of a code', 2, 1, '2026-01-12', '2026-03-01');
INSERT INTO loan_kit (campaign_key, number, device_model) VALUES (1, 'K-1', 'airrohr');
INSERT INTO restricted.loan (kit_key, station_key, participant, begin, due) VALUES (1, 1, 'P-1', '2026-01-13', '2026-06-01');
INSERT INTO sample_batch (campaign_key, label, method, blanks, created_at) VALUES (1, 'palmes-1', 'no2-palmes', 'subtract', '2026-02-12');
INSERT INTO sample_adjustment (batch_key, adjusted_at, name, blank_count, blank_mean, pair_count) VALUES
    (1, '2026-02-12', 'palmes-1: blanks 1', 1, 0.5, 0);
INSERT INTO sample (batch_key, sample_id, kind, place, begin, "end", latitude, longitude, raw, below_limit, adjustment_key, value,
    lower, upper) VALUES
    (1, 'A1', 'sample', 'P-1', '2026-01-13', '2026-02-10', 52.2, 5.2, 20.5, false, 1, 20, 15, 25),
    (1, 'B1', 'blank', NULL, '2026-01-13', '2026-02-10', NULL, NULL, 0.5, false, 1, NULL, NULL, NULL);
INSERT INTO restricted.sample_position VALUES (1, 52.2001, 5.2001);
