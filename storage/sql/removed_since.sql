SELECT EXISTS (SELECT FROM removed_series WHERE %(since)s::timestamptz IS NULL OR removed_at >= %(since)s)
