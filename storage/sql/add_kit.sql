INSERT INTO loan_kit (campaign_key, number, device_model) VALUES (%(campaign_key)s, %(number)s, %(device_model)s)
ON CONFLICT DO NOTHING
RETURNING kit_key
