INSERT INTO restricted.api_key (key_name, secret_hash, scopes, purpose, created_at, expires_at)
VALUES (%(key_name)s, %(secret_hash)s, %(scopes)s, %(purpose)s, %(created_at)s, %(expires_at)s)
