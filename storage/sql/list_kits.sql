SELECT k.number, k.device_model, s.station_id, l.participant, l.begin, l.due, l.returned_at, l.condition
FROM loan_kit k
LEFT JOIN LATERAL (SELECT * FROM restricted.loan o WHERE o.kit_key = k.kit_key ORDER BY o.loan_key DESC LIMIT 1) AS l ON true
LEFT JOIN station s ON s.station_key = l.station_key
WHERE k.campaign_key = %(campaign_key)s
ORDER BY k.number
