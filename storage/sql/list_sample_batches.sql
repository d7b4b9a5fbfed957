SELECT b.batch_key, b.label, b.method, b.blanks, b.uncertainty, b.detection_limit, b.created_at, a.name AS adjustment,
       coalesce(a.blank_count, 0) AS blank_count, a.blank_mean, coalesce(a.pair_count, 0) AS pair_count, a.factor, a.factor_lower,
       a.factor_upper, (SELECT count(*) FROM sample s WHERE s.batch_key = b.batch_key)::int AS samples
FROM sample_batch b
LEFT JOIN LATERAL (SELECT * FROM sample_adjustment n WHERE n.batch_key = b.batch_key ORDER BY adjustment_key DESC LIMIT 1) AS a ON true
WHERE b.campaign_key = %(campaign_key)s
ORDER BY b.label
