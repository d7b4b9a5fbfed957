-- What all stations together measure, since when, until when and where.
SELECT coalesce((SELECT json_agg(d.document ORDER BY d.id) FROM described d
                 WHERE EXISTS (SELECT FROM series e WHERE e.observed_property = d.observed_property)), '[]')::text,
       (SELECT min(begin) FROM hour), (SELECT max(time) FROM latest),
       (SELECT json_build_array(min(longitude), min(latitude), max(longitude), max(latitude))::text
        FROM station WHERE removed_at IS NULL HAVING count(*) > 0)
