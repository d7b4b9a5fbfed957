DELETE FROM quarantine WHERE received_at < %(before)s
