CREATE TEMPORARY TABLE IF NOT EXISTS staging_reference_hour (
    reference_station_key int NOT NULL,
    property_number       int NOT NULL, -- place in the list of properties that goes with the statement, from 1
    begin                 timestamptz NOT NULL,
    value                 real NOT NULL, -- NaN for NULL
    validity              smallint NOT NULL,
    verification          smallint NOT NULL
) ON COMMIT DELETE ROWS
