SELECT c.code, c.name_nl, c.name_en, m.joined_at, m.left_at, m.keeps_past, a.version, a.agreed_at,
       (SELECT max(version) FROM campaign_consent t WHERE t.campaign_key = c.campaign_key) AS newest_version
FROM campaign_member m JOIN campaign c USING (campaign_key) JOIN station s USING (station_key)
LEFT JOIN LATERAL (SELECT version, agreed_at FROM campaign_agreement g WHERE g.member_key = m.member_key ORDER BY version DESC LIMIT 1)
    AS a ON true
WHERE s.station_id = %(station_id)s
ORDER BY m.joined_at, m.member_key
