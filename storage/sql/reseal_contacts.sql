UPDATE restricted.owner_contact SET email = %(sealed)s WHERE owner_key = %(owner_key)s AND email = %(old)s
