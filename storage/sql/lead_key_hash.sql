SELECT l.key_hash FROM restricted.campaign_lead l JOIN campaign c USING (campaign_key) WHERE c.code = %(code)s
