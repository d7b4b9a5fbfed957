DELETE FROM restricted.staff_account WHERE name = %(name)s RETURNING role
