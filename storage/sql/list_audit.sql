SELECT audit_key, time, actor, role, action, object, before, after, hash
FROM restricted.audit
WHERE (%(actor)s::text IS NULL OR actor = %(actor)s)
  AND (%(action)s::text IS NULL OR action = %(action)s)
  AND (%(object)s::text IS NULL OR object = %(object)s)
ORDER BY audit_key DESC
LIMIT %(limit)s OFFSET %(offset)s
