SELECT (extract(epoch FROM %(begin)s - begin) / 3600)::int AS hours_before, raw
FROM hour
WHERE series_key = %(series_key)s AND begin >= %(begin)s - interval '3 hours' AND begin < %(begin)s
