CREATE TEMPORARY TABLE IF NOT EXISTS staging_reading (
    time            timestamptz NOT NULL,
    series_key      int NOT NULL,
    raw             double precision NOT NULL,
    value           real NOT NULL, -- NaN for NULL, as in lower and upper
    lower           real NOT NULL,
    upper           real NOT NULL,
    flags           int NOT NULL,
    calibration_key bigint NOT NULL, -- 0 for NULL
    received_at     timestamptz NOT NULL
) ON COMMIT DELETE ROWS
