INSERT INTO sample_adjustment (batch_key, adjusted_at, name, blank_count, blank_mean, pair_count, factor, factor_lower, factor_upper)
VALUES (%(batch_key)s, %(adjusted_at)s, %(name)s, %(blank_count)s, %(blank_mean)s, %(pair_count)s, %(factor)s, %(factor_lower)s,
        %(factor_upper)s)
RETURNING adjustment_key
