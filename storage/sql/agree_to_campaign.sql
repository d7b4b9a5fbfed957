INSERT INTO campaign_agreement (member_key, version, agreed_at)
SELECT m.member_key, %(version)s, %(at)s FROM campaign_member m JOIN station s USING (station_key)
WHERE m.campaign_key = %(campaign_key)s AND s.station_id = %(station_id)s AND m.left_at IS NULL
ON CONFLICT DO NOTHING
