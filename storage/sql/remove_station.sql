-- Withdrawn: the readings stay with the public position, everything that is personal or secret goes.
WITH removed AS (
    UPDATE station SET removed_at = %(at)s, name = '' WHERE station_id = %(station_id)s AND removed_at IS NULL
    RETURNING station_key, owner_key
), placeless AS (
    DELETE FROM restricted.station_position USING removed WHERE station_position.station_key = removed.station_key
), disarmed AS (
    DELETE FROM restricted.station_credential USING removed WHERE station_credential.station_key = removed.station_key
), codeless AS (
    DELETE FROM restricted.station_code USING removed WHERE station_code.station_key = removed.station_key
), calm AS (
    DELETE FROM alert USING removed WHERE alert.station_key = removed.station_key
), wordless AS ( -- what an owner wrote may name people
    UPDATE event SET detail = detail - 'text' FROM removed WHERE event.station_key = removed.station_key AND event.detail ? 'text'
), emptied AS ( -- messages as they came may hold a position
    DELETE FROM quarantine WHERE station_id = %(station_id)s AND EXISTS (SELECT FROM removed)
)
SELECT station_key, owner_key FROM removed
