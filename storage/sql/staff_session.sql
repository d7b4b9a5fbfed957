SELECT session_key, subject, name, role, begun_at, seen_at FROM restricted.staff_session
WHERE token_hash = %(token_hash)s AND seen_at >= %(at)s::timestamptz - %(idle)s::interval AND begun_at >= %(at)s::timestamptz - %(longest)s::interval
