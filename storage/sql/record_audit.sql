INSERT INTO restricted.audit (time, actor, role, action, object, before, after)
VALUES (%(time)s, %(actor)s, %(role)s, %(action)s, %(object)s, %(before)s, %(after)s)
