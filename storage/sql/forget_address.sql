WITH waiting AS (
    DELETE FROM restricted.address_code WHERE owner_key = %(owner_key)s
)
DELETE FROM restricted.owner_contact WHERE owner_key = %(owner_key)s
