-- What is NULL stays as it is; an empty text takes a name or a project away.
UPDATE station SET name = coalesce(%(name)s, name), project = nullif(coalesce(%(project)s, project), ''),
                   timezone = coalesce(%(timezone)s, timezone), format = coalesce(%(format)s, format)
WHERE station_id = %(station_id)s AND removed_at IS NULL
RETURNING station_key
