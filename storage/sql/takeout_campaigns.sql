SELECT c.code, m.joined_at, m.left_at, m.keeps_past,
       (SELECT json_agg(json_build_object('version', a.version, 'agreed_at', a.agreed_at, 'text_nl', t.text_nl, 'text_en', t.text_en)
                        ORDER BY a.version)
        FROM campaign_agreement a JOIN campaign_consent t ON t.campaign_key = m.campaign_key AND t.version = a.version
        WHERE a.member_key = m.member_key) AS agreements
FROM campaign_member m JOIN campaign c USING (campaign_key) JOIN station s USING (station_key)
WHERE s.station_id = %(station_id)s
ORDER BY m.joined_at, m.member_key
