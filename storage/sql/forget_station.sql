-- The row itself, with what still names it: its id becomes free.
WITH own AS MATERIALIZED (
    SELECT station_key FROM station WHERE station_id = %(station_id)s AND removed_at IS NOT NULL
), wordless AS (
    DELETE FROM event USING own WHERE event.station_key = own.station_key
), bare AS (
    DELETE FROM sensor USING own WHERE sensor.station_key = own.station_key
)
SELECT station_key FROM own
