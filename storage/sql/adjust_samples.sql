UPDATE sample s SET value = g.value, lower = g.lower, upper = g.upper, limited = g.limited, adjustment_key = %(adjustment_key)s
FROM unnest(%(sample_key)s::int[], %(value)s::float8[], %(lower)s::float8[], %(upper)s::float8[], %(limited)s::bool[])
    AS g (sample_key, value, lower, upper, limited)
WHERE s.sample_key = g.sample_key
