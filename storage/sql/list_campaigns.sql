SELECT c.campaign_key, c.code, c.name_nl, c.name_en, c.question_nl, c.question_en, c.answer_nl, c.answer_en, c.observed_property,
       c.begin, c."end", c.joining, c.contact_name, c.contact_email, c.area_code, c.created_at,
       t.version AS consent_version, t.text_nl AS consent_nl, t.text_en AS consent_en,
       (SELECT count(*) FROM stations_of_campaign(c.campaign_key))::int AS stations,
       (SELECT count(*) FROM sample s JOIN sample_batch b USING (batch_key)
        WHERE b.campaign_key = c.campaign_key AND s.kind = 'sample')::int AS samples
FROM campaign c
JOIN LATERAL (SELECT * FROM campaign_consent n WHERE n.campaign_key = c.campaign_key ORDER BY version DESC LIMIT 1) AS t ON true
WHERE (%(code)s::text IS NULL OR c.code = %(code)s) AND (%(after)s::text IS NULL OR c.code > %(after)s)
ORDER BY c.code
LIMIT %(limit)s
