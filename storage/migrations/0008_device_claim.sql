-- Which station a device is of whose topic nobody can choose: the topic names the device alone. A Smart Citizen's serial
-- is its token, so all of this is restricted. A device has one claim: who has it withdraws it before another can have it.

CREATE TABLE restricted.device_claim (
    format      text NOT NULL,            -- 'airgradient', 'qingping', 'smartcitizen'
    serial      text NOT NULL,            -- as it stands in the topic, hexadecimal ones in lower case
    station_key int  NOT NULL REFERENCES station ON DELETE CASCADE,
    claimed_at  timestamptz NOT NULL,
    PRIMARY KEY (format, serial)
);
CREATE INDEX device_claim_station ON restricted.device_claim (station_key);

CREATE FUNCTION release_devices() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN DELETE FROM restricted.device_claim WHERE station_key = NEW.station_key; RETURN NEW; END $$;
CREATE TRIGGER station_releases_devices AFTER UPDATE OF removed_at ON station FOR EACH ROW
    WHEN (NEW.removed_at IS NOT NULL) EXECUTE FUNCTION release_devices();
