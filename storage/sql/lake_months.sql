-- The months with an hour that was computed, published or removed since a time, each with a mark that changes with its hours.
WITH touched AS MATERIALIZED (
    SELECT DISTINCT date_trunc('month', begin, 'UTC') AS month FROM hour
    WHERE %(since)s::timestamptz IS NULL OR computed_at >= %(since)s OR published_at >= %(since)s
    UNION
    SELECT generate_series(date_trunc('month', first_begin, 'UTC'), last_begin, interval '1 month') FROM removed_series
    WHERE removed_at >= %(since)s
)
SELECT t.month,
       concat_ws(' ', count(h.begin), sum(coalesce(h.revision, 0)), max(h.computed_at) AT TIME ZONE 'UTC', max(h.published_at) AT TIME ZONE 'UTC')
           AS mark
FROM touched t LEFT JOIN hour h ON h.begin >= t.month AND h.begin < t.month + interval '1 month'
GROUP BY t.month
ORDER BY t.month
