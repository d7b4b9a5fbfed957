SELECT s.sample_key, s.sample_id, b.label AS batch, b.method, s.kind, s.place, s.begin, s."end", s.latitude, s.longitude,
       s.place_is_public, s.reference_station, s.raw, s.below_limit, s.value, s.lower, s.upper, s.limited, a.name AS adjustment
FROM sample s JOIN sample_batch b USING (batch_key) LEFT JOIN sample_adjustment a USING (adjustment_key)
WHERE b.campaign_key = %(campaign_key)s AND (%(after)s::int IS NULL OR s.sample_key > %(after)s)
ORDER BY s.sample_key
LIMIT %(limit)s
