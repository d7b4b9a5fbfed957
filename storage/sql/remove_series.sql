DELETE FROM series e USING removed_series r WHERE e.series_key = r.series_key
