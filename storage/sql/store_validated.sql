-- Only what really changes is written, and what it replaces is kept: all parts of the statement see the hours as they were.
WITH changed AS MATERIALIZED (
    SELECT v.series_key, v.begin, nullif(v.value, 'NaN') AS value, nullif(v.lower, 'NaN') AS lower, nullif(v.upper, 'NaN') AS upper,
           nullif(v.estimate, 'NaN') AS estimate, nullif(v.estimate_lower, 'NaN') AS estimate_lower,
           nullif(v.estimate_upper, 'NaN') AS estimate_upper, v.flags, nullif(v.calibration_key, 0) AS calibration_key,
           coalesce(%(published_at)s::timestamptz, statement_timestamp()) AS published_at,
           h.published_at IS NOT NULL OR h.calibration_key IS NOT NULL AS was_published
    FROM pg_temp.staging_hour v JOIN hour h ON h.series_key = v.series_key AND h.begin = v.begin
    WHERE h.published_at IS NULL AND h.calibration_key IS NULL
       OR (h.flags, h.calibration_key) IS DISTINCT FROM (v.flags, nullif(v.calibration_key, 0))
       OR really_differs(h.value, nullif(v.value, 'NaN'))
       OR really_differs(h.lower, nullif(v.lower, 'NaN'))
       OR really_differs(h.upper, nullif(v.upper, 'NaN'))
       OR really_differs(h.estimate, nullif(v.estimate, 'NaN'))
       OR really_differs(h.estimate_lower, nullif(v.estimate_lower, 'NaN'))
       OR really_differs(h.estimate_upper, nullif(v.estimate_upper, 'NaN'))
       OR really_differs(coalesce(h.published_raw, h.raw), h.raw)
), kept AS (
    INSERT INTO hour_revision (series_key, begin, revision, raw, value, lower, upper, estimate, estimate_lower, estimate_upper,
                               flags, calibration_key, published_at, superseded_at)
    SELECT h.series_key, h.begin, coalesce(h.revision, 0), coalesce(h.published_raw, h.raw), h.value, h.lower, h.upper,
           h.estimate, h.estimate_lower, h.estimate_upper, h.flags, h.calibration_key, coalesce(h.published_at, h.computed_at),
           c.published_at
    FROM changed c JOIN hour h ON h.series_key = c.series_key AND h.begin = c.begin
    WHERE c.was_published
)
UPDATE hour
SET value = c.value, lower = c.lower, upper = c.upper,
    estimate = c.estimate, estimate_lower = c.estimate_lower, estimate_upper = c.estimate_upper,
    flags = c.flags, calibration_key = c.calibration_key,
    published_at = c.published_at, published_raw = hour.raw, revision = coalesce(hour.revision, 0) + c.was_published::int
FROM changed c
WHERE hour.series_key = c.series_key AND hour.begin = c.begin
