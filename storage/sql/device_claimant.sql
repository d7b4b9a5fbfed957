SELECT station_id
FROM restricted.device_claim JOIN station USING (station_key)
WHERE device_claim.format = %(format)s AND serial = %(serial)s
