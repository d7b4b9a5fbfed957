-- Without the references: a reading is valued by the coefficients alone, and a country has hundreds of references.
SELECT s.observed_property, c.calibration_key, c.calibration_id, c.series_key, c.fitted_at, c.valid_begin, c.valid_end, c.method,
       c.status, c.window_begin, c.window_end, c.coefficients, c.covariance, c.interval_parts, '{}'::json AS reference_weight,
       c.scores, c.provenance::jsonb || '{"references": {}, "field": null}' AS provenance
FROM (
    SELECT DISTINCT ON (series_key) *
    FROM calibration
    WHERE valid_begin <= %(at)s
    ORDER BY series_key, valid_begin DESC, calibration_key DESC
) c
JOIN series s USING (series_key)
ORDER BY s.observed_property, c.series_key
