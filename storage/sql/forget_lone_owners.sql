DELETE FROM owner o WHERE o.created_at < %(now)s - interval '1 hour'
  AND NOT EXISTS (SELECT FROM station s WHERE s.owner_key = o.owner_key AND s.removed_at IS NULL)
