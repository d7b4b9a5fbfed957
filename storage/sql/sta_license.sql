-- The one licence under which everything is published.
SELECT 1 AS id, 'CC0-1.0' AS name, 'No rights reserved: use it for anything' AS description,
       'https://creativecommons.org/publicdomain/zero/1.0/' AS definition
