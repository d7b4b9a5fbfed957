-- The largest tables with all that belongs to them (indexes, what is kept outside of the row, and chunks).
-- A chunk stands in a schema of TimescaleDB and inherits from its table; compressed chunks are counted with their table below.
SELECT c.relname AS name,
       pg_total_relation_size(c.oid) + coalesce((
           SELECT sum(pg_total_relation_size(i.inhrelid)) FROM pg_inherits i WHERE i.inhparent = c.oid), 0)::bigint AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
ORDER BY bytes DESC, name
LIMIT %(most)s
