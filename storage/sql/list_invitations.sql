SELECT batch, count(*)::int AS codes, sum(uses)::int AS uses, sum(used)::int AS used, min(created_at) AS created_at,
       max(expires_at) AS expires_at, bool_and(withdrawn_at IS NOT NULL) AS withdrawn
FROM restricted.campaign_invitation
WHERE campaign_key = %(campaign_key)s
GROUP BY batch
ORDER BY batch
