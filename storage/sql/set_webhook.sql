INSERT INTO restricted.owner_webhook (owner_key, url) VALUES (%(owner_key)s, %(url)s)
ON CONFLICT (owner_key) DO UPDATE SET url = excluded.url
