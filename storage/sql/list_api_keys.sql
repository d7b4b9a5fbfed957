SELECT key_name, scopes, purpose, created_at, expires_at, revoked_at FROM restricted.api_key ORDER BY created_at, key_name
