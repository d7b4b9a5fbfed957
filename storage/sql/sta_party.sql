-- Who publishes: the platform. Owners of stations are persons and are not told.
SELECT 1 AS id, 'institutional' AS role, 'luchtbrug' AS display_name, 'luchtbrug' AS name,
       'The platform that publishes for the owners of the stations, who are not named' AS description
