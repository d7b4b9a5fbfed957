UPDATE restricted.api_key SET revoked_at = coalesce(revoked_at, %(at)s) WHERE key_name = %(key_name)s RETURNING key_name
