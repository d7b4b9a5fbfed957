DELETE FROM restricted.device_claim USING station
WHERE station.station_key = device_claim.station_key AND station_id = %(station_id)s
  AND device_claim.format = %(format)s AND serial = %(serial)s
RETURNING serial
