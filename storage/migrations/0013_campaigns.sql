-- Campaigns: people who measure together for a time to answer one question, with stations, lent kits and passive samples.

CREATE TABLE campaign (
    campaign_key      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code              text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9][a-z0-9-]{1,39}$'),
    name_nl           text NOT NULL,
    name_en           text NOT NULL,
    question_nl       text NOT NULL,
    question_en       text NOT NULL,
    answer_nl         text NOT NULL DEFAULT '',   -- the lead's own words for the end report
    answer_en         text NOT NULL DEFAULT '',
    observed_property text NOT NULL,
    begin             timestamptz NOT NULL,
    "end"             timestamptz NOT NULL CHECK ("end" > begin),
    joining           text NOT NULL CHECK (joining IN ('open', 'invitation')),
    contact_name      text NOT NULL,              -- a team, not a person
    contact_email     text NOT NULL,
    area_code         text,                       -- of `area`, which may be loaded anew at any time: no reference
    created_at        timestamptz NOT NULL
);

-- What is agreed to; a later version is another row, and nobody is moved to it unasked.
CREATE TABLE campaign_consent (
    campaign_key int NOT NULL REFERENCES campaign ON DELETE CASCADE,
    version      int NOT NULL,
    text_nl      text NOT NULL,
    text_en      text NOT NULL,
    valid_from   timestamptz NOT NULL,
    PRIMARY KEY (campaign_key, version)
);
CREATE TRIGGER campaign_consent_is_final BEFORE UPDATE ON campaign_consent FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE campaign_member (
    member_key   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_key int NOT NULL REFERENCES campaign ON DELETE CASCADE,
    station_key  int NOT NULL REFERENCES station ON DELETE CASCADE,
    joined_at    timestamptz NOT NULL,
    left_at      timestamptz,                     -- NULL: takes part
    keeps_past   boolean NOT NULL DEFAULT true    -- after leaving: what was measured until then still counts
);
CREATE UNIQUE INDEX campaign_member_open ON campaign_member (campaign_key, station_key) WHERE left_at IS NULL;

CREATE TABLE campaign_agreement (                 -- who agreed to which version when: a station, never a name
    member_key int NOT NULL REFERENCES campaign_member ON DELETE CASCADE,
    version    int NOT NULL,
    agreed_at  timestamptz NOT NULL,
    PRIMARY KEY (member_key, version)
);

-- An owner agreed, not a station: with another owner, or withdrawn, the station leaves.
CREATE FUNCTION leave_campaigns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign_member SET left_at = coalesce(NEW.removed_at, now()), keeps_past = NEW.removed_at IS NULL
    WHERE station_key = NEW.station_key AND left_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER station_leaves_campaigns AFTER UPDATE OF owner_key, removed_at ON station FOR EACH ROW
    WHEN (OLD.owner_key IS DISTINCT FROM NEW.owner_key OR OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL)
    EXECUTE FUNCTION leave_campaigns();

-- The stations whose measurements a campaign shows, each until when: left with its past kept, until it left.
CREATE FUNCTION stations_of_campaign(wanted int) RETURNS TABLE (station_key int, until timestamptz)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT m.station_key, max(coalesce(m.left_at, 'infinity'))
    FROM campaign_member m JOIN station s USING (station_key)
    WHERE m.campaign_key = wanted AND s.removed_at IS NULL AND (m.left_at IS NULL OR m.keeps_past)
    GROUP BY m.station_key $$;

CREATE TABLE restricted.campaign_lead (
    campaign_key int PRIMARY KEY REFERENCES campaign ON DELETE CASCADE,
    key_hash     text NOT NULL,                   -- argon2id of the lead's key, which was shown once
    created_at   timestamptz NOT NULL
);

CREATE TABLE restricted.campaign_invitation (     -- not joined to who used it: the sheet may have names on it
    invitation_key int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_key   int NOT NULL REFERENCES campaign ON DELETE CASCADE,
    batch          int NOT NULL,
    code_hash      text NOT NULL UNIQUE,
    uses           int NOT NULL CHECK (uses BETWEEN 1 AND 1000),
    used           int NOT NULL DEFAULT 0 CHECK (used <= uses),
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    withdrawn_at   timestamptz
);
CREATE INDEX campaign_invitation_batch ON restricted.campaign_invitation (campaign_key, batch);

CREATE TABLE loan_kit (
    kit_key      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_key int NOT NULL REFERENCES campaign ON DELETE CASCADE,
    number       text NOT NULL CHECK (number ~ '^[A-Za-z]{0,6}-?[0-9]{1,6}$'),
    device_model text NOT NULL,
    UNIQUE (campaign_key, number)
);

CREATE TABLE restricted.loan (
    loan_key    int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kit_key     int NOT NULL REFERENCES loan_kit ON DELETE CASCADE,
    station_key int REFERENCES station ON DELETE SET NULL,
    participant text NOT NULL CHECK (participant ~ '^[A-Za-z]{0,6}-?[0-9]{1,6}$'), -- a code: no name fits
    begin       timestamptz NOT NULL,
    due         date NOT NULL,
    returned_at timestamptz,
    condition   text CHECK (condition IN ('good', 'damaged', 'incomplete', 'lost')),
    CHECK ((returned_at IS NULL) = (condition IS NULL))
);
CREATE UNIQUE INDEX loan_open ON restricted.loan (kit_key) WHERE returned_at IS NULL;

-- What one laboratory analysed together: its blanks and its tubes beside reference stations are those of the others.
CREATE TABLE sample_batch (
    batch_key      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_key   int NOT NULL REFERENCES campaign ON DELETE CASCADE,
    label          text NOT NULL CHECK (label ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$'),
    method         text NOT NULL,                 -- as validation.passive.METHODS names it
    blanks         text NOT NULL CHECK (blanks IN ('laboratory', 'subtract')), -- subtracted already, or by us
    uncertainty    double precision CHECK (uncertainty > 0 AND uncertainty <= 2), -- relative, expanded, k = 2, of the laboratory
    detection_limit double precision CHECK (detection_limit >= 0), -- of the laboratory
    created_at     timestamptz NOT NULL,
    UNIQUE (campaign_key, label)
);

-- How a batch was adjusted; what follows from more samples is a new row, and the old one stays.
CREATE TABLE sample_adjustment (
    adjustment_key int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_key      int NOT NULL REFERENCES sample_batch ON DELETE CASCADE,
    adjusted_at    timestamptz NOT NULL,
    name           text NOT NULL,                 -- as 'palmes-1: blanks 3, factor of 4 pairs'
    blank_count    int NOT NULL,
    blank_mean     double precision,
    pair_count     int NOT NULL,
    factor         double precision,              -- NULL: fewer than three pairs, nothing is multiplied
    factor_lower   double precision,
    factor_upper   double precision
);
CREATE TRIGGER sample_adjustment_is_final BEFORE UPDATE ON sample_adjustment FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE sample (
    sample_key        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_key         int NOT NULL REFERENCES sample_batch ON DELETE CASCADE,
    sample_id         text NOT NULL CHECK (sample_id ~ '^[A-Za-z0-9][A-Za-z0-9._/-]{0,29}$'),
    kind              text NOT NULL CHECK (kind IN ('sample', 'blank', 'reference')),
    place             text CHECK (place ~ '^[A-Za-z]{0,6}[- ]?[0-9]{1,6}[A-Za-z]?$'), -- a code: no address fits
    begin             timestamptz NOT NULL,
    "end"             timestamptz NOT NULL CHECK ("end" > begin),
    latitude          double precision CHECK (latitude BETWEEN -90 AND 90),   -- public: displaced, unless the place is public
    longitude         double precision CHECK (longitude BETWEEN -180 AND 180),
    place_is_public   boolean NOT NULL DEFAULT false,
    reference_station text,
    reference_value   double precision,           -- the official mean of that time, where it was given
    raw               double precision NOT NULL CHECK (raw > '-Infinity' AND raw < 'Infinity'), -- as the laboratory wrote it
    below_limit       boolean NOT NULL,           -- written as '< raw'
    adjustment_key    int REFERENCES sample_adjustment,
    value             double precision,
    lower             double precision,           -- 95 % interval; NULL where nobody stated an uncertainty
    upper             double precision,
    limited           boolean NOT NULL DEFAULT false, -- below the limit of detection: value is half of it
    UNIQUE (batch_key, sample_id, begin),
    CHECK (kind = 'blank' OR place IS NOT NULL AND latitude IS NOT NULL AND longitude IS NOT NULL)
);

CREATE TABLE restricted.sample_position (
    sample_key int PRIMARY KEY REFERENCES sample ON DELETE CASCADE,
    latitude   double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude  double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180)
);

-- What is stored of a sample stays; only what was computed of it may change.
CREATE FUNCTION keep_raw() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the raw value of a sample is never changed: take the batch back and store it anew'; END $$;
CREATE TRIGGER sample_keeps_raw BEFORE UPDATE OF raw, below_limit ON sample FOR EACH ROW EXECUTE FUNCTION keep_raw();
