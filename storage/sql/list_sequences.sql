SELECT schemaname || '.' || sequencename, coalesce(last_value, 0)
FROM pg_sequences WHERE schemaname IN ('public', 'restricted') ORDER BY 1
