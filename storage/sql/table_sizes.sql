-- The largest tables with their indexes and what is kept outside of rows; of a hypertable this is the empty parent.
SELECT c.relname AS name, pg_total_relation_size(c.oid) AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
ORDER BY bytes DESC, name
