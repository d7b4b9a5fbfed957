-- A role for reports and dashboards: everything that is public, nothing of the restricted schema and no message as it came.
-- It cannot log in by itself: GRANT luchtbrug_reader TO somebody. Roles belong to the whole server, so it may exist already.

REVOKE ALL ON SCHEMA restricted FROM PUBLIC;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'luchtbrug_reader') THEN
        BEGIN
            CREATE ROLE luchtbrug_reader NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL; -- a neighbour database made it just now
        END;
    END IF;
    GRANT USAGE ON SCHEMA public TO luchtbrug_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO luchtbrug_reader;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO luchtbrug_reader;
    REVOKE ALL ON quarantine FROM luchtbrug_reader;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'role luchtbrug_reader was not set up (%): the platform works without it', SQLERRM;
END $$;
