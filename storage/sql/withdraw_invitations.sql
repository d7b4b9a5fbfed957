UPDATE restricted.campaign_invitation SET withdrawn_at = %(at)s
WHERE campaign_key = %(campaign_key)s AND batch = %(batch)s AND withdrawn_at IS NULL
