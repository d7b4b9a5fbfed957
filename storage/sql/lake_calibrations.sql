SELECT calibration_id, series_key AS series_id, fitted_at, valid_begin, valid_end, method, status, window_begin, window_end,
       coefficients, covariance, interval_parts, reference_weight, scores
FROM calibration
ORDER BY series_key, valid_begin, calibration_key
