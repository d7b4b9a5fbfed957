-- Stations in the shape of Samen Meten's Things. The name has no hyphen, for its clients cut Datastream names at hyphens; station ids
-- have no underscore, so that it stays unique. Each code is a column of its own: what a question does not name costs nothing.
-- The codes are columns made of sta_nearest.sql for each property and kind of place.
SELECT
    s.station_key AS id,
    'LUB_' || replace(s.station_id, '-', '_') AS name,
    s.station_id, nullif(s.name, '') AS title, s.municipality, s.project, s.simulated,
    to_char(s.removed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS removed_at,
    ltrim(substring(s.municipality FROM '^(?:GM)?([0-9]{1,4})$'), '0') AS codegemeente,
    CASE WHEN s.latitude BETWEEN 50.5 AND 54 AND s.longitude BETWEEN 3 AND 7.5 THEN
    (SELECT 'knmi_06' || k.number FROM sta_weather_station k
     ORDER BY (k.latitude - s.latitude) ^ 2 + ((k.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) END AS knmicode,
    /* nearest */
FROM station s
