SELECT owner_key, url FROM restricted.owner_webhook ORDER BY owner_key FOR UPDATE
