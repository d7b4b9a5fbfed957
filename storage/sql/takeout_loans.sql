SELECT c.code AS campaign, k.number, k.device_model, l.participant, l.begin, l.due, l.returned_at, l.condition
FROM restricted.loan l JOIN loan_kit k USING (kit_key) JOIN campaign c USING (campaign_key) JOIN station s USING (station_key)
WHERE s.station_id = %(station_id)s
ORDER BY l.loan_key
