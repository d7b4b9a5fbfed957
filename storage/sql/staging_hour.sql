CREATE TEMPORARY TABLE IF NOT EXISTS staging_hour (
    series_key      int NOT NULL,
    begin           timestamptz NOT NULL,
    value           real NOT NULL, -- NaN for NULL, as in the five below
    lower           real NOT NULL,
    upper           real NOT NULL,
    estimate        real NOT NULL,
    estimate_lower  real NOT NULL,
    estimate_upper  real NOT NULL,
    flags           int NOT NULL,
    calibration_key bigint NOT NULL -- 0 for NULL
) ON COMMIT DELETE ROWS
