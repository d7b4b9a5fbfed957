-- Who owns a station and how it is reached: tokens and codes as hashes, addresses apart. Alerts, and what was sent of them.

CREATE TABLE restricted.owner_credential (
    owner_key  int PRIMARY KEY REFERENCES owner ON DELETE CASCADE,
    token_hash text NOT NULL UNIQUE,      -- SHA-256 of a random 160-bit secret
    created_at timestamptz NOT NULL DEFAULT now()
);

-- A code that gives a station to whoever enters it, once. A newer one takes its place.
CREATE TABLE restricted.station_code (
    station_key int PRIMARY KEY REFERENCES station ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('claim', 'transfer')),
    code_hash   text NOT NULL UNIQUE,
    expires_at  timestamptz NOT NULL
);

-- An address is a contact only after its owner entered the code that was sent there; until then it waits apart, a day long.
CREATE TABLE restricted.address_code (
    owner_key  int PRIMARY KEY REFERENCES owner ON DELETE CASCADE,
    email      text NOT NULL,
    language   text NOT NULL CHECK (language IN ('nl', 'en')),
    code_hash  text NOT NULL,
    attempts   int NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL
);
ALTER TABLE restricted.owner_contact ADD COLUMN language text NOT NULL DEFAULT 'nl' CHECK (language IN ('nl', 'en'));
ALTER TABLE restricted.owner_contact ADD COLUMN confirmed_at timestamptz; -- NULL: of an older release, never written to

CREATE TABLE restricted.owner_webhook (
    owner_key int PRIMARY KEY REFERENCES owner ON DELETE CASCADE,
    url       text NOT NULL
);

CREATE TABLE alert (
    alert_key   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station_key int NOT NULL REFERENCES station ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('silent', 'stuck', 'odd', 'drifting')),
    begin       timestamptz NOT NULL,
    "end"       timestamptz,              -- NULL: it is still so
    detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX alert_open ON alert (station_key, kind) WHERE "end" IS NULL;

-- What is to be sent of an alert's begin and end. It is claimed before it is sent, so that a stop in between sends nothing twice.
CREATE TABLE restricted.alert_delivery (
    alert_key  bigint NOT NULL REFERENCES alert ON DELETE CASCADE,
    moment     text NOT NULL CHECK (moment IN ('begin', 'end')),
    way        text NOT NULL CHECK (way IN ('email', 'webhook')),
    due_at     timestamptz NOT NULL,
    attempts   int NOT NULL DEFAULT 0,
    claimed_at timestamptz,
    sent_at    timestamptz,
    failure    text,                      -- of the last attempt, a word; never an address
    PRIMARY KEY (alert_key, moment, way)
);
CREATE INDEX alert_delivery_due ON restricted.alert_delivery (due_at) WHERE claimed_at IS NULL AND sent_at IS NULL;

-- Events of owners get the names and fields that others read them by.
UPDATE event SET kind = substr(kind, 9), detail = CASE WHEN detail ? 'note' THEN jsonb_build_object('text', detail -> 'note') ELSE detail END
WHERE kind IN ('station_paused', 'station_resumed', 'station_hardware_changed', 'station_moved');
CREATE INDEX event_station ON event (station_key, time);

-- The embedded broker hears of a password that is no longer good while its station is connected.
CREATE FUNCTION tell_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('credential_withdrawn', station_id) FROM station WHERE station_key = OLD.station_key;
    RETURN NULL;
END $$;
CREATE TRIGGER station_credential_withdrawn AFTER DELETE OR UPDATE OF password_hash ON restricted.station_credential
    FOR EACH ROW EXECUTE FUNCTION tell_withdrawn();
