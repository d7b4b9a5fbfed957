SELECT s.station_id, a.version, a.agreed_at, m.left_at
FROM campaign_agreement a JOIN campaign_member m USING (member_key) JOIN station s USING (station_key)
WHERE m.campaign_key = %(campaign_key)s
ORDER BY a.agreed_at DESC, s.station_id
