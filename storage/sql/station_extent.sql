SELECT min(longitude), min(latitude), max(longitude), max(latitude), min(created_at)
FROM station
WHERE removed_at IS NULL
HAVING count(*) > 0
