SELECT owner_key FROM restricted.owner_credential WHERE token_hash = %(token_hash)s
