-- Stations in the shape of Samen Meten's Things. The name has no hyphen, for its clients cut Datastream names at hyphens; station ids
-- have no underscore, so that it stays unique. Each code is a column of its own: what a question does not name costs nothing.
-- The codes are the nearest official stations that measure the property: any, in the country, in a town.
SELECT
    s.station_key AS id,
    'LUB_' || replace(s.station_id, '-', '_') AS name,
    s.station_id, nullif(s.name, '') AS title, s.municipality, s.project, s.simulated,
    to_char(s.removed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS removed_at,
    ltrim(substring(s.municipality FROM '^(?:GM)?([0-9]{1,4})$'), '0') AS codegemeente,
    CASE WHEN s.latitude BETWEEN 50.5 AND 54 AND s.longitude BETWEEN 3 AND 7.5 THEN
    (SELECT 'knmi_06' || k.number FROM sta_weather_station k
     ORDER BY (k.latitude - s.latitude) ^ 2 + ((k.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) END AS knmicode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'pm10' = ANY (r.properties)
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS pm10closecode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'pm10' = ANY (r.properties)
       AND r.site_type ~ '^(rural|regional)'
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS pm10regiocode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'pm10' = ANY (r.properties)
       AND r.site_type ~ '^(urban|municipal)'
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS pm10stadcode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'pm2_5' = ANY (r.properties)
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS pm25closecode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'pm2_5' = ANY (r.properties)
       AND r.site_type ~ '^(rural|regional)'
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS pm25regiocode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'pm2_5' = ANY (r.properties)
       AND r.site_type ~ '^(urban|municipal)'
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS pm25stadcode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'no2' = ANY (r.properties)
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS no2closecode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'no2' = ANY (r.properties)
       AND r.site_type ~ '^(rural|regional)'
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS no2regiocode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'no2' = ANY (r.properties)
       AND r.site_type ~ '^(urban|municipal)'
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS no2stadcode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'nh3' = ANY (r.properties)
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS nh3closecode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'nh3' = ANY (r.properties)
       AND r.site_type ~ '^(rural|regional)'
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS nh3regiocode,
    (SELECT r.reference_station_id FROM sta_reference r
     WHERE 'nh3' = ANY (r.properties)
       AND r.site_type ~ '^(urban|municipal)'
     ORDER BY (r.latitude - s.latitude) ^ 2 + ((r.longitude - s.longitude) * cosd(s.latitude)) ^ 2 LIMIT 1) AS nh3stadcode
FROM station s
