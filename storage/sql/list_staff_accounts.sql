SELECT account_key, name, role, password_hash, created_at FROM restricted.staff_account ORDER BY name
