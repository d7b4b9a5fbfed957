-- Hours and days of the readings as they came, for a look without validation (validated hours are in the table hour).
-- A reading's time is the END of its interval, so that of 13:00:00 belongs to the hour that begins at 12:00: buckets are
-- (begin, end], written as date_bin with an origin one microsecond late. Out of range readings (flag 1 << 1) are left out.
-- With TimescaleDB, timescale/0001_hypertables.sql puts continuous aggregates under the same names.

CREATE VIEW reading_hour AS
SELECT series_key, date_bin('1 hour', time, '2000-01-01 00:00:00.000001+00') - interval '1 microsecond' AS begin,
       avg(raw) AS raw, min(raw) AS raw_min, max(raw) AS raw_max, avg(value) AS value,
       bit_or(flags) AS flags, count(*) AS observed_count, max(time) AS last_time
FROM reading
WHERE flags & 2 = 0
GROUP BY series_key, date_bin('1 hour', time, '2000-01-01 00:00:00.000001+00');

CREATE VIEW reading_day AS
SELECT series_key, date_bin('1 day', time, '2000-01-01 00:00:00.000001+00') - interval '1 microsecond' AS begin,
       avg(raw) AS raw, min(raw) AS raw_min, max(raw) AS raw_max, avg(value) AS value,
       bit_or(flags) AS flags, count(*) AS observed_count, max(time) AS last_time
FROM reading
WHERE flags & 2 = 0
GROUP BY series_key, date_bin('1 day', time, '2000-01-01 00:00:00.000001+00');
