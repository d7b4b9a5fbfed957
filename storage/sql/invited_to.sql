SELECT c.code FROM restricted.campaign_invitation i JOIN campaign c USING (campaign_key)
WHERE i.code_hash = %(code_hash)s AND i.used < i.uses AND i.expires_at > %(now)s AND i.withdrawn_at IS NULL AND c."end" > %(now)s
