WITH added AS (
    INSERT INTO owner DEFAULT VALUES RETURNING owner_key
), armed AS (
    INSERT INTO restricted.owner_credential (owner_key, token_hash)
    SELECT owner_key, %(token_hash)s FROM added WHERE %(token_hash)s::text IS NOT NULL
)
SELECT owner_key FROM added
