DELETE FROM restricted.staff_session WHERE token_hash = %(token_hash)s OR session_key = %(session_key)s RETURNING subject
