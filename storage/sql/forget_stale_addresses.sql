DELETE FROM restricted.address_code WHERE expires_at <= %(now)s
