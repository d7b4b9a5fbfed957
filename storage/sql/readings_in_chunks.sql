SELECT EXISTS (SELECT FROM schema_migration WHERE name = 'timescale/0001_hypertables')
