INSERT INTO restricted.owner_credential (owner_key, token_hash, created_at) VALUES (%(owner_key)s, %(token_hash)s, %(at)s)
ON CONFLICT (owner_key) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at
