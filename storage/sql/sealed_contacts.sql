SELECT owner_key, email FROM restricted.owner_contact ORDER BY owner_key FOR UPDATE
