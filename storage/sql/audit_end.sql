SELECT (SELECT count(*) FROM restricted.audit) AS entries,
       coalesce((SELECT hash FROM restricted.audit ORDER BY audit_key DESC LIMIT 1), '') AS hash,
       %(anchor)s::text IS NULL OR EXISTS (SELECT FROM restricted.audit WHERE hash = %(anchor)s) AS anchored
