WITH waiting AS (
    DELETE FROM restricted.address_code WHERE owner_key = %(owner_key)s RETURNING owner_key, email, language
)
INSERT INTO restricted.owner_contact (owner_key, email, language, confirmed_at)
SELECT owner_key, email, language, %(now)s FROM waiting
ON CONFLICT (owner_key) DO UPDATE SET email = excluded.email, language = excluded.language, confirmed_at = excluded.confirmed_at
