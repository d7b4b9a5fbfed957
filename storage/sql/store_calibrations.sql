-- The id is a hash of the content: one that is there already says the same.
INSERT INTO calibration (calibration_id, series_key, fitted_at, valid_begin, valid_end, method, status, window_begin, window_end,
                         coefficients, covariance, interval_parts, reference_weight, scores, provenance)
SELECT calibration_id, series_key, fitted_at, valid_begin, valid_end, method, status, window_begin, window_end,
       coefficients, covariance, interval_parts, reference_weight, scores, provenance
FROM json_to_recordset(%(records)s::json) AS w (
    calibration_id text, series_key int, fitted_at timestamptz, valid_begin timestamptz, valid_end timestamptz, method text,
    status text, window_begin timestamptz, window_end timestamptz, coefficients json, covariance json, interval_parts json,
    reference_weight json, scores json, provenance json)
ORDER BY calibration_id
ON CONFLICT (calibration_id) DO NOTHING
