-- Networks of official values of which the last word is that they are lost.
SELECT network, time, error FROM (
    SELECT DISTINCT ON (detail ->> 'network') coalesce(detail ->> 'network', '') AS network, kind, time, coalesce(detail ->> 'error', '') AS error
    FROM event WHERE kind IN ('reference_lost', 'reference_back')
    ORDER BY detail ->> 'network', time DESC, event_key DESC
) AS said
WHERE kind = 'reference_lost'
ORDER BY network
