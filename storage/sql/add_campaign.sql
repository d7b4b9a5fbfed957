INSERT INTO campaign (code, name_nl, name_en, question_nl, question_en, observed_property, begin, "end", joining, contact_name,
                      contact_email, area_code, created_at)
VALUES (%(code)s, %(name_nl)s, %(name_en)s, %(question_nl)s, %(question_en)s, %(observed_property)s, %(begin)s, %(end)s,
        %(joining)s, %(contact_name)s, %(contact_email)s, %(area_code)s, %(created_at)s)
ON CONFLICT (code) DO NOTHING
RETURNING campaign_key
