INSERT INTO restricted.campaign_invitation (campaign_key, batch, code_hash, uses, created_at, expires_at)
SELECT %(campaign_key)s, (SELECT coalesce(max(batch), 0) + 1 FROM restricted.campaign_invitation WHERE campaign_key = %(campaign_key)s),
       h, %(uses)s, %(created_at)s, %(expires_at)s
FROM unnest(%(code_hashes)s::text[]) AS h
RETURNING batch
