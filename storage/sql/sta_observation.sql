-- Hours, once as sent and once as calibrated. An id is hour since 1970 × 2^32 + Datastream: below 2^53, so that JavaScript keeps it.
SELECT (extract(epoch FROM h.begin)::bigint / 3600) * 4294967296 + h.series_key::bigint * 2 + k.kal AS id,
       h.series_key, k.kal, e.station_key, h.series_key * 2::bigint + k.kal AS datastream_id,
       h.begin, h.begin + interval '1 hour' AS end, h.computed_at, h.data_capture,
       CASE k.kal WHEN 0 THEN h.raw ELSE h.value END AS result,
       CASE k.kal WHEN 0 THEN h.raw_flags ELSE h.flags END AS mask,
       CASE WHEN k.kal = 0 AND h.raw_flags = 0 OR k.kal = 1 AND h.flags = 0 THEN '[]'::json ELSE to_json(ARRAY(
           SELECT f.name FROM unnest(%(flag_names)s::text[]) WITH ORDINALITY AS f (name, position)
           WHERE (CASE k.kal WHEN 0 THEN h.raw_flags ELSE h.flags END >> (f.position::int - 1)) & 1 = 1)) END AS flags,
       CASE WHEN (CASE k.kal WHEN 0 THEN h.raw_flags ELSE h.flags END) & %(fail)s::int <> 0 THEN 4
            WHEN (CASE k.kal WHEN 0 THEN h.raw_flags ELSE h.flags END) & %(suspect)s::int <> 0 THEN 3
            WHEN k.kal = 0 THEN 2 ELSE 1 END AS quality,
       CASE k.kal WHEN 1 THEN h.lower END AS lower,
       CASE k.kal WHEN 1 THEN h.upper END AS upper,
       CASE k.kal WHEN 1 THEN (SELECT c.calibration_id FROM calibration c WHERE c.calibration_key = h.calibration_key) END AS calibration_id
FROM hour h
JOIN series e USING (series_key)
CROSS JOIN (VALUES (0), (1)) AS k (kal)
WHERE k.kal = 0 OR h.value IS NOT NULL
