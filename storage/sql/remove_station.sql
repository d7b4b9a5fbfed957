-- Withdrawn: the readings stay with the public position, everything that is personal or secret goes.
WITH removed AS (
    UPDATE station SET removed_at = %(at)s WHERE station_id = %(station_id)s AND removed_at IS NULL RETURNING station_key
), placeless AS (
    DELETE FROM restricted.station_position USING removed WHERE station_position.station_key = removed.station_key
), disarmed AS (
    DELETE FROM restricted.station_credential USING removed WHERE station_credential.station_key = removed.station_key
)
SELECT station_key FROM removed
