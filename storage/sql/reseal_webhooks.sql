UPDATE restricted.owner_webhook SET url = %(sealed)s WHERE owner_key = %(owner_key)s AND url = %(old)s
