INSERT INTO sample_batch (campaign_key, label, method, blanks, uncertainty, detection_limit, created_at)
VALUES (%(campaign_key)s, %(label)s, %(method)s, %(blanks)s, %(uncertainty)s, %(detection_limit)s, %(created_at)s)
ON CONFLICT DO NOTHING
