-- What is measured here at all. One look a property, not one a series (a loose scan of the names).
WITH RECURSIVE known AS (
    SELECT min(observed_property) AS name FROM series
    UNION ALL
    SELECT (SELECT min(observed_property) FROM series WHERE observed_property > known.name) FROM known WHERE known.name IS NOT NULL
)
SELECT name FROM known WHERE name IS NOT NULL
