INSERT INTO restricted.device_claim VALUES ('airgradient', '84fce612f5b8', 1, '2026-01-09');
