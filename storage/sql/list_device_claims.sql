SELECT station_id, device_claim.format, serial, claimed_at
FROM restricted.device_claim JOIN station USING (station_key)
WHERE %(station_id)s::text IS NULL OR station_id = %(station_id)s
ORDER BY station_id, device_claim.format, serial
