SELECT * FROM calibration WHERE calibration_id = %(calibration_id)s
