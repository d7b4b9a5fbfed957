UPDATE restricted.campaign_invitation SET used = used + 1
WHERE campaign_key = %(campaign_key)s AND code_hash = %(code_hash)s AND used < uses AND expires_at > %(now)s AND withdrawn_at IS NULL
RETURNING invitation_key
