-- One row: the station that has the device after this, which is another one where that was first. No row: no such station.
WITH claimed AS (
    INSERT INTO restricted.device_claim (format, serial, station_key, claimed_at)
    SELECT %(format)s, %(serial)s, station_key, %(at)s
    FROM station WHERE station_id = %(station_id)s AND removed_at IS NULL
    ON CONFLICT (format, serial) DO UPDATE SET claimed_at = device_claim.claimed_at -- so that the first one comes back
    RETURNING station_key
)
SELECT station_id FROM claimed JOIN station USING (station_key)
