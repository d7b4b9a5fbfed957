SELECT calibration_key, calibration_id FROM calibration WHERE calibration_key = ANY (%(keys)s::bigint[])
