-- A correction by the network is a new row; what says the same as the newest revision is not.
INSERT INTO reference_hour (reference_station_key, observed_property, begin, revision, value, validity, verification, received_at)
SELECT s.reference_station_key, p.observed_property, s.begin, coalesce(newest.revision + 1, 0), nullif(s.value, 'NaN'),
       s.validity, s.verification, %(received_at)s
FROM pg_temp.staging_reference_hour s
JOIN unnest(%(properties)s::text[]) WITH ORDINALITY AS p (observed_property, number) ON p.number = s.property_number
LEFT JOIN LATERAL (
    SELECT h.revision, h.value, h.validity, h.verification
    FROM reference_hour h
    WHERE h.reference_station_key = s.reference_station_key AND h.observed_property = p.observed_property AND h.begin = s.begin
    ORDER BY h.revision DESC
    LIMIT 1
) newest ON true
WHERE newest.revision IS NULL
   OR (newest.value, newest.validity, newest.verification) IS DISTINCT FROM (nullif(s.value, 'NaN'), s.validity, s.verification)
ON CONFLICT DO NOTHING
