INSERT INTO restricted.address_code (owner_key, email, language, code_hash, expires_at)
VALUES (%(owner_key)s, %(email)s, %(language)s, %(code_hash)s, %(expires_at)s)
ON CONFLICT (owner_key) DO UPDATE
SET email = excluded.email, language = excluded.language, code_hash = excluded.code_hash, attempts = 0, expires_at = excluded.expires_at
