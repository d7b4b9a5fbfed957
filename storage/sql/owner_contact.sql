SELECT c.email, c.language, w.url AS webhook, a.email AS unconfirmed
FROM owner o
LEFT JOIN restricted.owner_contact c ON c.owner_key = o.owner_key AND c.confirmed_at IS NOT NULL
LEFT JOIN restricted.owner_webhook w ON w.owner_key = o.owner_key
LEFT JOIN restricted.address_code a ON a.owner_key = o.owner_key
WHERE o.owner_key = %(owner_key)s
