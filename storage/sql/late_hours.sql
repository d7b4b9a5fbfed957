-- Hours that got readings since they were computed. LATE readings are at most 7 days old (ingest refuses older times), so only
-- that stretch is looked at.
SELECT DISTINCT date_bin('1 hour', time, '2000-01-01 00:00:00.000001+00') - interval '1 microsecond' AS begin
FROM reading
WHERE received_at >= date_trunc('second', %(since)s) AND time <= %(before)s AND time > %(since)s - interval '8 days' AND flags & %(late)s <> 0
ORDER BY begin
