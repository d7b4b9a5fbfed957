COPY reading (time, series_key, raw, value, lower, upper, flags, calibration_key, received_at) FROM STDIN (FORMAT BINARY)
