-- What is measured at all, or all that can be.
SELECT json_build_object('id', p.id, 'name', p.name, 'units', p.units, 'displayName', p.display_name, 'parameterType', p.kind,
                         'description', CASE WHEN p.calibrated THEN 'Calibrated against the official network.' ELSE 'As sent.' END)::text
FROM parameter p
WHERE (%(id)s::int IS NULL OR p.id = %(id)s) AND (%(kind)s::text IS NULL OR p.kind = %(kind)s)
  AND (%(id)s::int IS NOT NULL OR EXISTS (SELECT FROM series e WHERE e.observed_property = p.observed_property))
ORDER BY p.id
LIMIT %(limit)s OFFSET %(offset)s
