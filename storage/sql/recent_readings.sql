SELECT r.time, k.series_key, r.raw,
       coalesce(r.value, 'NaN'::real) AS value, coalesce(r.lower, 'NaN'::real) AS lower, coalesce(r.upper, 'NaN'::real) AS upper,
       r.flags, coalesce(r.calibration_key, 0) AS calibration_key, r.received_at
FROM unnest(%(series_keys)s::int[]) AS k (series_key)
CROSS JOIN LATERAL (
    SELECT * FROM reading WHERE series_key = k.series_key AND time >= %(since)s ORDER BY time DESC LIMIT %(count)s
) r
ORDER BY k.series_key, r.time
