-- Hypertables and continuous aggregates as a whole, what went into the columnstore and what it became, the largest chunk of
-- rows, and shared_buffers, which usually are a quarter of the memory: so much of rows in use should fit.
WITH h AS (
    SELECT hypertable_name AS name, format('%I.%I', hypertable_schema, hypertable_name)::regclass AS hypertable,
           hypertable_schema, hypertable_name, compression_enabled
    FROM timescaledb_information.hypertables
    UNION ALL
    SELECT view_name, format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)::regclass,
           materialization_hypertable_schema, materialization_hypertable_name, compression_enabled
    FROM timescaledb_information.continuous_aggregates
)
SELECT h.name, hypertable_size(h.hypertable) AS bytes, coalesce(p.before, 0)::bigint AS before,
       coalesce(p.after, 0)::bigint AS after, coalesce(k.bytes, 0)::bigint AS largest_chunk,
       (SELECT setting::bigint * 8192 FROM pg_settings WHERE name = 'shared_buffers') AS buffers
FROM h
LEFT JOIN LATERAL (
    SELECT sum(before_compression_total_bytes) AS before, sum(after_compression_total_bytes) AS after
    FROM hypertable_compression_stats(h.hypertable) WHERE h.compression_enabled) p ON true
LEFT JOIN LATERAL (
    SELECT max(pg_total_relation_size(format('%I.%I', c.chunk_schema, c.chunk_name)::regclass)) AS bytes
    FROM timescaledb_information.chunks c
    WHERE (c.hypertable_schema, c.hypertable_name) = (h.hypertable_schema, h.hypertable_name) AND NOT c.is_compressed) k ON true
