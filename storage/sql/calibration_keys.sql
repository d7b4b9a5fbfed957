SELECT calibration_id, calibration_key FROM calibration WHERE calibration_id = ANY (%(ids)s::text[])
