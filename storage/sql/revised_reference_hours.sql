-- Hours before any hour of ours concern nobody.
SELECT DISTINCT begin
FROM reference_hour
WHERE received_at >= %(since)s AND observed_property = %(observed_property)s AND begin < %(before)s
  AND begin >= (SELECT min(begin) FROM hour)
ORDER BY begin
