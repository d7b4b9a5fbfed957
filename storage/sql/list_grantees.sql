-- The roles that rights in our schemas are given to, but its owner's and everybody's.
SELECT DISTINCT r.rolname::text
FROM pg_namespace n
LEFT JOIN pg_class c ON c.relnamespace = n.oid
CROSS JOIN LATERAL (SELECT * FROM aclexplode(n.nspacl) UNION ALL SELECT * FROM aclexplode(c.relacl)) AS a
JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname IN ('public', 'restricted') AND r.oid NOT IN (n.nspowner, coalesce(c.relowner, n.nspowner))
  AND r.rolname NOT LIKE 'pg\_%'
ORDER BY 1
