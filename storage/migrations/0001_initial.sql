-- The first schema. Tables are named in the singular; intervals are half open [begin, end), times UTC.
-- Raw values are written once and never changed; what validation adds stands beside them.

CREATE SCHEMA restricted; -- personal data: only the platform's own role may read it

CREATE TABLE owner (
    owner_key  int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE restricted.owner_contact (
    owner_key int PRIMARY KEY REFERENCES owner ON DELETE CASCADE,
    email     text NOT NULL
);

CREATE TABLE station (
    station_key  int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station_id   text NOT NULL UNIQUE CHECK (station_id ~ '^[a-z0-9][a-z0-9-]{1,39}$'),
    owner_key    int REFERENCES owner ON DELETE SET NULL,
    name         text NOT NULL DEFAULT '',
    format       text,                    -- the decoder to use; NULL: decided by topic, then by body
    timezone     text NOT NULL DEFAULT 'UTC',
    -- public position: the exact one displaced once by a keyed offset
    latitude     double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude    double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    municipality text,
    project      text,
    simulated    boolean NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL DEFAULT now(),
    removed_at   timestamptz              -- withdrawn: its readings stay, its credentials go
);

CREATE TABLE restricted.station_position (
    station_key int PRIMARY KEY REFERENCES station ON DELETE CASCADE,
    latitude    double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude   double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    height_m    double precision
);

CREATE TABLE restricted.station_credential (
    station_key   int PRIMARY KEY REFERENCES station ON DELETE CASCADE,
    password_hash text NOT NULL,          -- argon2id of the MQTT password
    token_hash    text NOT NULL UNIQUE,   -- SHA-256 of the HTTP token: a random 160-bit secret needs no slow hash
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sensor (
    sensor_key   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station_key  int NOT NULL REFERENCES station,
    sensor_name  text NOT NULL,           -- the name on the wire, as 'sps30-0'
    sensor_model text NOT NULL,           -- siblings share it, as 'SPS30'
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (station_key, sensor_name)
);

CREATE TABLE series (
    series_key        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station_key       int NOT NULL REFERENCES station,
    sensor_key        int NOT NULL REFERENCES sensor,
    observed_property text NOT NULL,
    unit              text NOT NULL,      -- UCUM
    created_at        timestamptz NOT NULL DEFAULT now(),
    UNIQUE (sensor_key, observed_property)
);
CREATE INDEX series_station ON series (station_key);

CREATE TABLE calibration (
    calibration_key  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    calibration_id   text NOT NULL UNIQUE, -- content hash: the same input gives the same id
    series_key       int NOT NULL REFERENCES series,
    fitted_at        timestamptz NOT NULL,
    valid_begin      timestamptz NOT NULL,
    valid_end        timestamptz,          -- NULL: until a newer one begins
    method           text NOT NULL,
    status           text NOT NULL,
    window_begin     timestamptz NOT NULL,
    window_end       timestamptz NOT NULL,
    coefficients     json  NOT NULL,       -- feature name -> number; json, for jsonb forgets the order
    covariance       json  NOT NULL,       -- matrix, order of coefficients
    interval_parts   json  NOT NULL,       -- what the interval is made of
    reference_weight json  NOT NULL,       -- reference_station_id -> weight
    scores           json  NOT NULL,       -- skill, residual scale, hours used, ...
    provenance       json  NOT NULL DEFAULT '{}' -- code version, seed, input hash
);
CREATE INDEX calibration_series_valid ON calibration (series_key, valid_begin DESC);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% rows are never changed: insert a new one', TG_TABLE_NAME; END $$;
CREATE TRIGGER calibration_is_final BEFORE UPDATE ON calibration FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE reading (
    time            timestamptz NOT NULL, -- end of the averaging interval
    series_key      int NOT NULL,         -- no foreign key: a hypertable's hot path; ingest takes keys from series only
    raw             double precision NOT NULL -- exactly as sent; NaN sorts above infinity, so this refuses both
                    CHECK (raw > '-Infinity' AND raw < 'Infinity'),
    value           real,                 -- calibrated; NULL where none can be given (flags say why)
    lower           real,                 -- 95 % interval
    upper           real,
    flags           int NOT NULL,
    calibration_key bigint,
    received_at     timestamptz NOT NULL,
    PRIMARY KEY (series_key, time)
);

CREATE TABLE hour (
    begin           timestamptz NOT NULL,
    series_key      int NOT NULL,
    raw             real NOT NULL,        -- mean of the raw readings that pass the range check
    raw_min         real NOT NULL,
    raw_max         real NOT NULL,
    raw_sd          real,
    observed_count  int NOT NULL,
    data_capture    real NOT NULL,        -- share of the hour's 5-minute slots with a reading, 0..1
    value           real,
    lower           real,
    upper           real,
    estimate        real,
    estimate_lower  real,
    estimate_upper  real,
    flags           int NOT NULL DEFAULT 131072, -- of the validated hour; until then 1 << 17, not calibrated
    raw_flags       int NOT NULL DEFAULT 0, -- any bit that a reading of the hour carried
    calibration_key bigint,
    computed_at     timestamptz NOT NULL,
    PRIMARY KEY (series_key, begin)
);
CREATE INDEX hour_begin ON hour (begin);

CREATE TABLE reference_station (
    reference_station_key int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference_station_id  text NOT NULL UNIQUE, -- 'NL10404', '<network>:<id>' where no national code exists
    network               text NOT NULL,
    name                  text NOT NULL,
    latitude              double precision NOT NULL,
    longitude             double precision NOT NULL,
    site_type             text,
    created_at            timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE reference_hour (
    reference_station_key int NOT NULL REFERENCES reference_station,
    observed_property     text NOT NULL,
    begin                 timestamptz NOT NULL,
    revision              int NOT NULL DEFAULT 0, -- the network's later corrections are new rows
    value                 real,                   -- [µg/m³]; NULL: withdrawn by the network
    validity              smallint NOT NULL,      -- EEA: 1 valid, 2/3 below detection limit, -1 not valid, -99 maintenance
    verification          smallint NOT NULL DEFAULT 3, -- EEA: 1 verified, 2 preliminary, 3 not verified
    received_at           timestamptz NOT NULL,
    PRIMARY KEY (reference_station_key, observed_property, begin, revision)
);
CREATE INDEX reference_hour_begin ON reference_hour (observed_property, begin);

CREATE TABLE quarantine (
    quarantine_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at    timestamptz NOT NULL,
    door           text NOT NULL,         -- 'mqtt', 'http', 'replay'
    topic          text NOT NULL,
    station_id     text,                  -- as claimed; may be unknown
    payload        bytea NOT NULL,        -- as it came, secrets stripped, at most 64 KiB of it
    payload_size   int NOT NULL,          -- of the whole message [bytes]
    reason         text NOT NULL,         -- the name of the error, as 'not_json'
    detail         text NOT NULL
);
CREATE INDEX quarantine_received ON quarantine (received_at);

CREATE TABLE event (
    event_key   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time        timestamptz NOT NULL,
    kind        text NOT NULL,            -- 'station_added', 'station_removed', 'reference_lost', ...
    station_key int REFERENCES station ON DELETE SET NULL,
    detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX event_time ON event (time);

-- The last reading of each series, so that the map does not search the readings.
CREATE TABLE latest (
    series_key      int PRIMARY KEY,
    time            timestamptz NOT NULL,
    raw             double precision NOT NULL, -- exactly as sent
    value           real,
    lower           real,
    upper           real,
    flags           int NOT NULL,
    calibration_key bigint
) WITH (fillfactor = 50);                 -- rewritten with each batch: room for updates in place
