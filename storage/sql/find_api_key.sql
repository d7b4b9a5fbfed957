SELECT key_name, scopes, expires_at FROM find_api_key(%(secret_hash)s, %(at)s)
