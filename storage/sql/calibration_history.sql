SELECT * FROM calibration WHERE series_key = %(series_key)s ORDER BY valid_begin DESC, calibration_key DESC LIMIT %(limit)s
