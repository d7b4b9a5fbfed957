-- The official mean is that of the newest revision of valid hours, where three quarters of the period have one (2008/50/EC, Annex XI).
SELECT s.sample_key, s.kind, s.raw, s.below_limit, coalesce(s.reference_value, found.mean) AS reference
FROM sample s
LEFT JOIN LATERAL (
    SELECT CASE WHEN count(*) >= 0.75 * extract(epoch FROM s."end" - s.begin) / 3600 THEN avg(n.value) END AS mean
    FROM (
        SELECT DISTINCT ON (h.begin) h.value, h.validity
        FROM reference_hour h JOIN reference_station r USING (reference_station_key)
        WHERE r.reference_station_id = s.reference_station AND h.observed_property = %(observed_property)s
          AND h.begin >= s.begin AND h.begin < s."end"
        ORDER BY h.begin, h.revision DESC
    ) AS n
    WHERE n.validity IN (1, 2, 3) AND n.value IS NOT NULL
) AS found ON s.kind = 'reference' AND s.reference_value IS NULL
WHERE s.batch_key = %(batch_key)s
ORDER BY s.sample_key
