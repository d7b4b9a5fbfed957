SELECT owner_key, email FROM restricted.address_code ORDER BY owner_key FOR UPDATE
