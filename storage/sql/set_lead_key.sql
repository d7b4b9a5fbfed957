INSERT INTO restricted.campaign_lead (campaign_key, key_hash, created_at) VALUES (%(campaign_key)s, %(key_hash)s, %(created_at)s)
ON CONFLICT (campaign_key) DO UPDATE SET key_hash = EXCLUDED.key_hash, created_at = EXCLUDED.created_at
