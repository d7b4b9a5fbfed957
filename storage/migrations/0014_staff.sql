-- Who works at the desk, what they decided there, and who changed what. Personal data only while a session lives.

CREATE TABLE restricted.staff_account (
    account_key   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
    role          text NOT NULL CHECK (role IN ('viewer', 'campaign_lead', 'data_officer', 'administrator')),
    password_hash text NOT NULL,          -- argon2id
    created_at    timestamptz NOT NULL
);

CREATE TABLE restricted.staff_session (
    session_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash  text NOT NULL UNIQUE,     -- SHA-256 of a random 256-bit secret
    account_key int REFERENCES restricted.staff_account ON DELETE CASCADE, -- NULL: of an OpenID provider
    subject     text NOT NULL,
    name        text NOT NULL,            -- as shown; gone with the session
    role        text NOT NULL CHECK (role IN ('viewer', 'campaign_lead', 'data_officer', 'administrator')),
    begun_at    timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL
);

-- What staff noted about an alert; the alert itself stays as it is.
CREATE TABLE restricted.alert_note (
    alert_key bigint PRIMARY KEY REFERENCES alert ON DELETE CASCADE,
    noted_at  timestamptz NOT NULL,
    note      text NOT NULL
);

-- A time in which a station's values stay, and do not count in the figures of areas.
CREATE TABLE station_exclusion (
    exclusion_key int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station_key   int NOT NULL REFERENCES station ON DELETE CASCADE,
    begin         timestamptz NOT NULL,
    "end"         timestamptz,            -- NULL: until somebody ends it
    reason        text NOT NULL,
    made_at       timestamptz NOT NULL,
    CHECK ("end" IS NULL OR begin < "end")
);
CREATE INDEX station_exclusion_station ON station_exclusion (station_key);

-- A message that was read again after something was mended: kept, and no longer counted as open.
ALTER TABLE quarantine ADD COLUMN requeued_at timestamptz;

-- Who did what, on what, when. Rows are added and never changed; each carries a hash over itself and the one before.
CREATE TABLE restricted.audit (
    audit_key bigint PRIMARY KEY,         -- without gaps: a row that is missing shows
    time      timestamptz NOT NULL,
    actor     text NOT NULL,              -- subject of a member, 'owner' of a station, 'command' of the operator
    role      text NOT NULL DEFAULT '',
    action    text NOT NULL,
    object    text NOT NULL DEFAULT '',   -- as 'station lb-abcdefgh'
    before    jsonb NOT NULL DEFAULT '{}',
    after     jsonb NOT NULL DEFAULT '{}',
    hash      text NOT NULL
);
CREATE INDEX audit_object ON restricted.audit (object, audit_key);
CREATE INDEX audit_actor ON restricted.audit (actor, audit_key);

CREATE FUNCTION audit_hash(previous text, entry restricted.audit) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        previous, entry.audit_key, extract(epoch FROM entry.time), entry.actor, entry.role, entry.action, entry.object,
        entry.before, entry.after)::text, 'UTF8')), 'hex')
$$;

-- The row's number and hash are made here, one writer at a time until it commits: nobody can choose them.
CREATE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    previous restricted.audit;
BEGIN
    PERFORM pg_advisory_xact_lock(5802118);
    SELECT * INTO previous FROM restricted.audit ORDER BY audit_key DESC LIMIT 1;
    NEW.audit_key := coalesce(previous.audit_key, 0) + 1;
    NEW.hash := audit_hash(coalesce(previous.hash, ''), NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_is_chained BEFORE INSERT ON restricted.audit FOR EACH ROW EXECUTE FUNCTION chain_audit();

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER audit_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON restricted.audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
-- also in a session that says it only replays what another server did (session_replication_role)
ALTER TABLE restricted.audit ENABLE ALWAYS TRIGGER audit_is_final;
ALTER TABLE restricted.audit ENABLE ALWAYS TRIGGER audit_is_chained;
REVOKE ALL ON restricted.audit FROM PUBLIC;
DO $$ BEGIN EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON restricted.audit FROM %I', current_user); END $$;

-- For a service whose login does not own the tables: it may add to the log and read it, and nothing else of it.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'luchtbrug_audit_writer') THEN
        BEGIN
            CREATE ROLE luchtbrug_audit_writer NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL; -- a neighbour database made it just now
        END;
    END IF;
    GRANT USAGE ON SCHEMA restricted TO luchtbrug_audit_writer;
    GRANT SELECT, INSERT ON restricted.audit TO luchtbrug_audit_writer;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'role luchtbrug_audit_writer was not set up (%): the triggers hold all the same', SQLERRM;
END $$;
