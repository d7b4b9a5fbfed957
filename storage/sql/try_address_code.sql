-- Counts the attempt, and gives what the code is to be compared with.
UPDATE restricted.address_code SET attempts = attempts + 1
WHERE owner_key = %(owner_key)s AND expires_at > %(now)s AND attempts < %(attempts_max)s
RETURNING code_hash
