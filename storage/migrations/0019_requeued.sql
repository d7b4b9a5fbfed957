-- A receipt counts what is in quarantine now: what staff had read again is counted anew where it failed anew. The role that answers
-- the public may see when that was (0016 let it see a few columns); where the role could not be made, the platform reads itself.

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'luchtbrug_api') THEN
        GRANT SELECT (requeued_at) ON quarantine TO luchtbrug_api;
    END IF;
END $$;
