UPDATE campaign SET "end" = least("end", greatest(%(end)s, begin + interval '1 second')) WHERE code = %(code)s RETURNING "end"
