-- With TimescaleDB (community edition): the same tables, names and answers, kept in chunks, compressed and rolled up.
-- Readings are written once and searched by series and time, so a segment is a series and its order is time.

SELECT create_hypertable('reading', by_range('time', INTERVAL '7 days'), create_default_indexes => false, migrate_data => true);
SELECT create_hypertable('hour', by_range('begin', INTERVAL '90 days'), create_default_indexes => false, migrate_data => true);

ALTER TABLE reading SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'series_key', timescaledb.orderby = 'time');
ALTER TABLE hour SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'series_key', timescaledb.orderby = 'begin');

-- Late readings come up to 7 days after their time (docs/payload.md), and hours are validated again as references are
-- corrected: both stay rows until that is over.
CALL add_columnstore_policy('reading', after => INTERVAL '14 days');
CALL add_columnstore_policy('hour', after => INTERVAL '180 days');

-- Buckets are (begin, end], an offset of one microsecond as in migrations/0002_rollups.sql. A bucket must be a plain column
-- of a continuous aggregate, so the view of the known name takes the microsecond away again.
DROP VIEW reading_hour;
DROP VIEW reading_day;

CREATE MATERIALIZED VIEW reading_hour_bucket WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT series_key, time_bucket(INTERVAL '1 hour', time, "offset" => INTERVAL '1 microsecond') AS bucket,
       avg(raw) AS raw, min(raw) AS raw_min, max(raw) AS raw_max, avg(value) AS value,
       bit_or(flags) AS flags, count(*) AS observed_count, max(time) AS last_time
FROM reading
WHERE flags & 2 = 0
GROUP BY series_key, bucket
WITH NO DATA;

CREATE MATERIALIZED VIEW reading_day_bucket WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT series_key, time_bucket(INTERVAL '1 day', time, "offset" => INTERVAL '1 microsecond') AS bucket,
       avg(raw) AS raw, min(raw) AS raw_min, max(raw) AS raw_max, avg(value) AS value,
       bit_or(flags) AS flags, count(*) AS observed_count, max(time) AS last_time
FROM reading
WHERE flags & 2 = 0
GROUP BY series_key, bucket
WITH NO DATA;

CREATE VIEW reading_hour AS
SELECT series_key, bucket - INTERVAL '1 microsecond' AS begin, raw, raw_min, raw_max, value, flags, observed_count, last_time
FROM reading_hour_bucket;

CREATE VIEW reading_day AS
SELECT series_key, bucket - INTERVAL '1 microsecond' AS begin, raw, raw_min, raw_max, value, flags, observed_count, last_time
FROM reading_day_bucket;

SELECT add_continuous_aggregate_policy('reading_hour_bucket', start_offset => INTERVAL '8 days',
    end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '30 minutes');
SELECT add_continuous_aggregate_policy('reading_day_bucket', start_offset => INTERVAL '10 days',
    end_offset => INTERVAL '1 day', schedule_interval => INTERVAL '6 hours');
