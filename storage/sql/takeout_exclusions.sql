SELECT e.begin, e."end", e.reason, e.made_at
FROM station_exclusion e JOIN station s USING (station_key) WHERE s.station_id = %(station_id)s ORDER BY e.begin
