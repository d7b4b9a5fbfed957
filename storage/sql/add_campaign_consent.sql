INSERT INTO campaign_consent (campaign_key, version, text_nl, text_en, valid_from)
SELECT %(campaign_key)s, coalesce(max(version), 0) + 1, %(text_nl)s, %(text_en)s, %(valid_from)s
FROM campaign_consent WHERE campaign_key = %(campaign_key)s
RETURNING version
