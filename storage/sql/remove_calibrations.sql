DELETE FROM calibration c USING removed_series r WHERE c.series_key = r.series_key
