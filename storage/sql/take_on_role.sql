-- A server without the role goes on as the login.
SELECT set_config('role', rolname, false) FROM pg_roles WHERE rolname = %(role)s AND pg_has_role(session_user, oid, 'MEMBER')
