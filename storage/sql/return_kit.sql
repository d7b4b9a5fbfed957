UPDATE restricted.loan l SET returned_at = %(at)s, condition = %(condition)s
FROM loan_kit k
WHERE k.kit_key = l.kit_key AND k.campaign_key = %(campaign_key)s AND k.number = %(number)s AND l.returned_at IS NULL
RETURNING (SELECT station_id FROM station s WHERE s.station_key = l.station_key)
