-- An owner without a station is nobody that we need to know: token, address and webhook go with the row.
DELETE FROM owner o
WHERE o.owner_key = %(owner_key)s AND NOT EXISTS (SELECT FROM station s WHERE s.owner_key = o.owner_key AND s.removed_at IS NULL)
