SELECT d.format, d.serial, d.claimed_at FROM restricted.device_claim d JOIN station s USING (station_key)
WHERE s.station_id = %(station_id)s ORDER BY d.claimed_at
