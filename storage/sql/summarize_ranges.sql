-- Blocks that were filled since the last time get their summary; indexes of which we are not the owner are left to VACUUM.
SELECT coalesce(sum(brin_summarize_new_values(c.oid)), 0)
FROM pg_class c
WHERE c.relname IN ('reading_time', 'reference_hour_received') AND c.relkind = 'i' AND pg_has_role(c.relowner, 'USAGE')
