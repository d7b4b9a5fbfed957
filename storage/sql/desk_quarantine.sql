-- What waits in quarantine, by reason and station: how much, since when, until when.
SELECT reason, station_id, count(*)::int AS messages, min(received_at) AS first, max(received_at) AS last,
       count(*) OVER ()::int AS rows
FROM quarantine
WHERE requeued_at IS NULL AND received_at >= %(since)s
  AND (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(station_id)s::text IS NULL OR station_id = %(station_id)s)
GROUP BY reason, station_id
ORDER BY max(received_at) DESC, reason, station_id
LIMIT %(limit)s OFFSET %(offset)s
