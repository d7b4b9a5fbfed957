-- The newest revision of each official hour; one that the network withdrew is NULL.
SELECT DISTINCT ON (r.begin, r.observed_property, s.reference_station_id COLLATE "C")
       s.reference_station_id, r.observed_property, to_char(r.begin, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS begin,
       r.value, r.validity, r.verification
FROM reference_hour r JOIN reference_station s USING (reference_station_key)
ORDER BY r.begin, r.observed_property, s.reference_station_id COLLATE "C", r.revision DESC
