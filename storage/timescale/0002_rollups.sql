-- The rollups as their makers advise: hours and days of years are many rows, so old ones go into the columnstore as well, and
-- real-time aggregation reads what is not yet refreshed. Nothing refreshes further back than 10 days (0001), so rows that are
-- older than a month are only read, except where somebody refreshes by hand, which the columnstore takes too.

ALTER MATERIALIZED VIEW reading_hour_bucket SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'series_key', timescaledb.orderby = 'bucket');
ALTER MATERIALIZED VIEW reading_day_bucket SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'series_key', timescaledb.orderby = 'bucket');
CALL add_columnstore_policy('reading_hour_bucket', after => INTERVAL '30 days');
CALL add_columnstore_policy('reading_day_bucket', after => INTERVAL '90 days');

-- A series has 2016 rows of `reading` in a chunk of a week, two full batches of the columnstore; of hours, 90 days are as many.
-- A rollup's chunk is ten times that of what it is made from, 70 days: 1,680 hours, and only 70 days of which a batch would
-- hold too few. Those that are made from now on are longer.
SELECT set_chunk_time_interval('reading_day_bucket', INTERVAL '1000 days');
