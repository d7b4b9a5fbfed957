-- Everything that was measured in series that were removed, also what came in while that was done.
WITH readings AS (
    DELETE FROM reading USING removed_series r WHERE reading.series_key = r.series_key RETURNING 1
), hours AS (
    DELETE FROM hour USING removed_series r WHERE hour.series_key = r.series_key RETURNING 1
), revisions AS (
    DELETE FROM hour_revision USING removed_series r WHERE hour_revision.series_key = r.series_key RETURNING 1
), last AS (
    DELETE FROM latest USING removed_series r WHERE latest.series_key = r.series_key
)
SELECT (SELECT count(*) FROM readings) AS readings, (SELECT count(*) FROM hours) AS hours,
       (SELECT count(*) FROM revisions) AS revisions
