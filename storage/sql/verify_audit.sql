-- The first row that is not what it was: its number or its hash does not follow from the row before.
SELECT audit_key
FROM (SELECT a AS entry, audit_key, hash, lag(hash, 1, '') OVER w AS previous, lag(audit_key, 1, 0::bigint) OVER w AS before
      FROM restricted.audit a WINDOW w AS (ORDER BY audit_key)) AS chain
WHERE audit_key <> before + 1 OR hash <> audit_hash(previous, entry)
ORDER BY audit_key
LIMIT 1
