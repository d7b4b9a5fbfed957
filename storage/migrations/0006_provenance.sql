-- What was published when: an outcome that validation replaces is kept, how far long work has come, and the public score.

-- Of the outcome that stands in `hour`: when it was published, the raw mean it was made from (late readings change `raw`
-- before validation runs again), and how many outcomes came before it. Without defaults: compressed hours stay as they are.
ALTER TABLE hour ADD COLUMN published_at timestamptz; -- NULL: not validated yet, or validated before this migration
ALTER TABLE hour ADD COLUMN published_raw real;
ALTER TABLE hour ADD COLUMN revision int;

CREATE TABLE hour_revision (
    series_key      int NOT NULL,         -- no foreign key, as in hour
    begin           timestamptz NOT NULL,
    revision        int NOT NULL,         -- 0 is the first outcome of the hour
    raw             real NOT NULL,
    value           real,
    lower           real,
    upper           real,
    estimate        real,
    estimate_lower  real,
    estimate_upper  real,
    flags           int NOT NULL,
    calibration_key bigint,
    published_at    timestamptz NOT NULL, -- it was what the platform said in [published_at, superseded_at)
    superseded_at   timestamptz NOT NULL,
    PRIMARY KEY (series_key, begin, revision)
);
CREATE INDEX hour_revision_superseded ON hour_revision (superseded_at, series_key, begin, revision);
CREATE TRIGGER hour_revision_is_final BEFORE UPDATE ON hour_revision FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every outcome that was ever published; superseded_at is NULL for the one that stands.
CREATE VIEW published_hour AS
SELECT series_key, begin, coalesce(revision, 0) AS revision, coalesce(published_raw, raw) AS raw, value, lower, upper,
       estimate, estimate_lower, estimate_upper, flags, calibration_key,
       coalesce(published_at, computed_at) AS published_at, NULL::timestamptz AS superseded_at
FROM hour
WHERE published_at IS NOT NULL OR calibration_key IS NOT NULL
UNION ALL
SELECT series_key, begin, revision, raw, value, lower, upper, estimate, estimate_lower, estimate_upper, flags, calibration_key,
       published_at, superseded_at
FROM hour_revision;

-- A number that is not the same beyond float noise: another order of the same sum moves the seventh digit of a real.
CREATE FUNCTION really_differs(one real, other real) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT one IS DISTINCT FROM other AND coalesce(abs(one - other) > 1e-5 * greatest(abs(one), abs(other), 1), true) $$;

CREATE INDEX calibration_valid_begin ON calibration (valid_begin);
CREATE INDEX reference_hour_received ON reference_hour USING brin (received_at) WITH (autosummarize = on);

CREATE TABLE job (
    job_id   text PRIMARY KEY,            -- 'look', 'score pm2_5', 'recalculate pm2_5 …'
    begun_at timestamptz NOT NULL,
    reached  timestamptz NOT NULL,        -- all before this time is done
    ended_at timestamptz                  -- NULL: still to be gone on with
);

CREATE TABLE score (
    day               date NOT NULL,
    version           text NOT NULL,      -- of method and policy: another one is scored anew
    observed_property text NOT NULL,
    sensor_model      text NOT NULL,      -- '' for the reference field without any sensor
    band_begin_km     real NOT NULL,      -- distance to the nearest reference that was not left out, [begin, end)
    band_end_km       real,               -- NULL: no upper end
    product           text NOT NULL CHECK (product IN ('value', 'estimate', 'field')),
    scored_begin      timestamptz NOT NULL,
    scored_end        timestamptz NOT NULL,
    reference_count   int NOT NULL,
    station_count     int NOT NULL,
    hours             int NOT NULL,       -- compared, over all pairs of station and reference
    rmse              real NOT NULL,
    bias              real NOT NULL,
    slope             real,               -- of the product on the left-out reference; NULL: the reference did not vary
    coverage          real NOT NULL,
    half_width        real NOT NULL,
    validated_share   real NOT NULL,
    computed_at       timestamptz NOT NULL,
    PRIMARY KEY (day, version, observed_property, sensor_model, band_begin_km, product)
);
