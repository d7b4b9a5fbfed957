UPDATE restricted.staff_session SET seen_at = %(at)s WHERE session_key = %(session_key)s
