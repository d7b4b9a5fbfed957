SELECT t.version, t.text_nl, t.text_en, t.valid_from
FROM campaign_consent t JOIN campaign c USING (campaign_key) WHERE c.code = %(code)s ORDER BY t.version
