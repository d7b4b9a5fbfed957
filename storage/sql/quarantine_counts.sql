SELECT reason, count(*) FROM quarantine WHERE received_at >= %(since)s GROUP BY reason ORDER BY reason
