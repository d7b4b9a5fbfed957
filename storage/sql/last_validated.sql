SELECT begin FROM hour WHERE published_at IS NOT NULL ORDER BY begin DESC LIMIT 1
