-- Without references and covariance: a reading is valued by the coefficients, and a country has hundreds of references.
SELECT s.observed_property, c.calibration_key, c.series_key, c.method, c.status, c.window_begin, c.window_end, c.coefficients,
       '[]'::json AS covariance, c.interval_parts, '{}'::json AS reference_weight, c.scores,
       c.provenance::jsonb || '{"references": {}, "field": null}' AS provenance
FROM unnest(%(keys)s::bigint[]) AS w (calibration_key) JOIN calibration c USING (calibration_key) JOIN series s USING (series_key)
ORDER BY s.observed_property, c.series_key
