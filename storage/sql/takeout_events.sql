SELECT v.time, v.kind, v.detail FROM event v JOIN station s USING (station_key) WHERE s.station_id = %(station_id)s ORDER BY v.time
