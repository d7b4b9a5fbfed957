SELECT FROM series e JOIN station s USING (station_key) WHERE e.series_key = %(id)s AND s.removed_at IS NULL
