SELECT p.latitude, p.longitude, s.latitude AS public_latitude, s.longitude AS public_longitude, p.published
FROM station s JOIN restricted.station_position p USING (station_key)
WHERE s.station_id = %(station_id)s AND s.removed_at IS NULL
