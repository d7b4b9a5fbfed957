DELETE FROM restricted.owner_webhook WHERE owner_key = %(owner_key)s
