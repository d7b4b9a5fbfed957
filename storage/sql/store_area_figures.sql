INSERT INTO area_figure (code, figure, value, source, loaded_at)
SELECT code, %(figure)s, value, %(source)s, %(loaded_at)s FROM unnest(%(codes)s::text[], %(values)s::float8[]) AS new (code, value)
