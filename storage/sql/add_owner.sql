WITH added AS (
    INSERT INTO owner DEFAULT VALUES RETURNING owner_key
), reachable AS (
    INSERT INTO restricted.owner_contact (owner_key, email) SELECT owner_key, %(email)s FROM added WHERE %(email)s::text IS NOT NULL
)
SELECT owner_key FROM added
