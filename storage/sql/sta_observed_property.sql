-- What is measured: as sent, and as calibrated (`_kal`, the word of Samen Meten).
SELECT p.number * 2 + k.kal AS id, p.name || CASE k.kal WHEN 1 THEN '_kal' ELSE '' END AS name,
       p.title || CASE k.kal WHEN 1 THEN ', calibrated against the official network' ELSE ', as the sensor sent it' END AS description,
       coalesce('http://vocab.nerc.ac.uk/standard_name/' || p.definition || '/', 'http://qudt.org/vocab/quantitykind/Unknown') AS definition,
       p.observed_property, k.kal
FROM sta_property p CROSS JOIN (VALUES (0), (1)) AS k (kal)
WHERE k.kal = 0 OR p.calibrated
