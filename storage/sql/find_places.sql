-- Stations, official stations and areas whose name, id or code holds a text, those that begin with it first.
SELECT kind, id, name, beside, latitude, longitude, min_lon, min_lat, max_lon, max_lat
FROM (
    SELECT 'station' AS kind, station_id AS id, coalesce(nullif(name, ''), station_id) AS name, municipality AS beside, latitude,
           longitude, NULL::float8 AS min_lon, NULL::float8 AS min_lat, NULL::float8 AS max_lon, NULL::float8 AS max_lat, 2 AS rank
    FROM station
    WHERE removed_at IS NULL AND (strpos(lower(name), lower(%(text)s)) > 0 OR strpos(station_id, lower(%(text)s)) > 0)
    UNION ALL
    SELECT 'reference', reference_station_id, name, network, latitude, longitude, NULL, NULL, NULL, NULL, 1
    FROM reference_station
    WHERE strpos(lower(name), lower(%(text)s)) > 0 OR strpos(lower(reference_station_id), lower(%(text)s)) > 0
    UNION ALL
    SELECT kind, code, name, NULL, (min_lat + max_lat) / 2, (min_lon + max_lon) / 2, min_lon, min_lat, max_lon, max_lat, 0
    FROM area
    WHERE strpos(lower(name), lower(%(text)s)) > 0 OR lower(code) = lower(%(text)s)
) AS place
ORDER BY NOT starts_with(lower(name), lower(%(text)s)), rank, lower(name), id
LIMIT %(limit)s
