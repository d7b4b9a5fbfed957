-- What was, or still is to be, told to who had it goes with them: nobody is told the end of what they never heard the begin of.
WITH theirs AS (
    DELETE FROM restricted.alert_delivery d USING alert a JOIN station s USING (station_key)
    WHERE a.alert_key = d.alert_key AND s.station_id = %(station_id)s AND s.owner_key IS DISTINCT FROM %(owner_key)s
)
UPDATE station SET owner_key = %(owner_key)s WHERE station_id = %(station_id)s AND removed_at IS NULL
