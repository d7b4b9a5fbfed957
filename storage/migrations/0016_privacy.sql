-- The exact position behind a role of its own, a role for the API that sees neither it nor messages as they came, what owners chose
-- to publish, and receipts of what was done for them.

ALTER TABLE restricted.station_position ADD COLUMN published boolean NOT NULL DEFAULT false; -- its owner wants it on the map

CREATE TABLE restricted.receipt (
    receipt_id text PRIMARY KEY,
    time       timestamptz NOT NULL,
    act        text NOT NULL CHECK (act IN ('export', 'correct', 'publish', 'transfer', 'delete')),
    station_id text NOT NULL,             -- no reference, and no owner: it is kept when both are gone
    detail     jsonb NOT NULL             -- as it was given out
);
CREATE INDEX receipt_station ON restricted.receipt (station_id, time);

-- Series whose measurements an owner had removed: what came in at the same moment is removed again by the nightly job, and the
-- published files of their months are written anew.
CREATE TABLE removed_series (
    series_key  int PRIMARY KEY,          -- no reference: the series is gone
    removed_at  timestamptz NOT NULL,
    first_begin timestamptz,              -- of its hours; NULL: it had none
    last_begin  timestamptz
);

-- Roles belong to the whole server, so they may exist already. luchtbrug_api is taken on by the connections that answer the public;
-- luchtbrug_position is for who has to look at exact positions: GRANT luchtbrug_position TO somebody.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['luchtbrug_api', 'luchtbrug_position'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL; -- a neighbour database made it just now
            END;
        END IF;
    END LOOP;
    IF NOT pg_has_role(current_user, 'luchtbrug_api', 'MEMBER') THEN
        GRANT luchtbrug_api TO CURRENT_USER;
    END IF;
    GRANT USAGE ON SCHEMA public TO luchtbrug_api;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO luchtbrug_api;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO luchtbrug_api;
    REVOKE ALL ON quarantine FROM luchtbrug_api;
    GRANT SELECT (quarantine_key, received_at, door, station_id, payload_size, reason) ON quarantine TO luchtbrug_api;
    GRANT USAGE ON SCHEMA restricted TO luchtbrug_position;
    GRANT SELECT ON restricted.station_position TO luchtbrug_position;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'roles luchtbrug_api and luchtbrug_position were not set up (%): the API reads as the platform itself', SQLERRM;
END $$;
