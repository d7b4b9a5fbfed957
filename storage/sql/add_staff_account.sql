INSERT INTO restricted.staff_account (name, role, password_hash, created_at) VALUES (%(name)s, %(role)s, %(password_hash)s, %(at)s)
ON CONFLICT (name) DO NOTHING RETURNING account_key
