-- Series × (raw | calibrated), and empty ones: clients of Samen Meten want pm10, pm10_kal, pm25 and pm25_kal of every station.
-- An id is series × 2 + calibrated; those of empty ones begin above 2^32, where no series can be.
SELECT e.series_key * 2::bigint + k.kal AS id, e.series_key, k.kal, e.station_key, e.sensor_key, p.number * 2 + k.kal AS property_id,
       1 AS one,
       'LUB_' || replace(s.station_id, '-', '_') || '-' || e.sensor_key || '-' || p.name || CASE k.kal WHEN 1 THEN '_kal' ELSE '' END AS name,
       'Hourly means of ' || p.title || CASE k.kal WHEN 1 THEN ', calibrated' ELSE ', as sent' END AS description,
       'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement' AS observation_type,
       p.unit_name, p.unit_symbol, 'https://qudt.org/vocab/unit/' || p.unit_definition AS unit_definition,
       s.longitude, s.latitude, s.station_id, n.sensor_name, n.sensor_model, e.observed_property, k.kal = 1 AS calibrated,
       CASE WHEN k.kal = 0 THEN (SELECT min(h.begin) FROM hour h WHERE h.series_key = e.series_key)
            WHEN EXISTS (SELECT FROM calibration c WHERE c.series_key = e.series_key)
            THEN (SELECT h.begin FROM hour h WHERE h.series_key = e.series_key AND h.value IS NOT NULL ORDER BY h.begin LIMIT 1)
       END AS time_begin,
       CASE WHEN k.kal = 0 THEN (SELECT max(h.begin) FROM hour h WHERE h.series_key = e.series_key)
            WHEN EXISTS (SELECT FROM calibration c WHERE c.series_key = e.series_key)
            THEN (SELECT h.begin FROM hour h WHERE h.series_key = e.series_key AND h.value IS NOT NULL ORDER BY h.begin DESC LIMIT 1)
       END AS time_end
FROM series e
JOIN station s USING (station_key)
JOIN sensor n USING (sensor_key)
JOIN sta_property p USING (observed_property)
CROSS JOIN (VALUES (0), (1)) AS k (kal)
WHERE k.kal = 0 OR p.calibrated
UNION ALL
SELECT 4294967296 + s.station_key * 8::bigint + p.number * 2 + k.kal, NULL, k.kal, s.station_key, 2147483647, p.number * 2 + k.kal,
       1,
       'LUB_' || replace(s.station_id, '-', '_') || '-0-' || p.name || CASE k.kal WHEN 1 THEN '_kal' ELSE '' END,
       'Empty: this station does not measure ' || p.title,
       'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement',
       p.unit_name, p.unit_symbol, 'https://qudt.org/vocab/unit/' || p.unit_definition,
       s.longitude, s.latitude, s.station_id, NULL, NULL, p.observed_property, k.kal = 1, NULL, NULL
FROM station s
JOIN sta_property p ON p.number IN (1, 2)
CROSS JOIN (VALUES (0), (1)) AS k (kal)
WHERE NOT EXISTS (SELECT FROM series e WHERE e.station_key = s.station_key AND e.observed_property = p.observed_property)
