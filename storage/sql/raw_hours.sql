SELECT h.series_key, h.begin, h.raw, h.data_capture, h.raw_flags AS flags,
       CASE WHEN h.observed_count >= 4 THEN h.raw_max - h.raw_min ELSE 'NaN' END AS spread
FROM hour h JOIN series e USING (series_key)
WHERE e.observed_property = ANY (%(observed_properties)s::text[]) AND h.begin >= %(begin)s AND h.begin < %(end)s
ORDER BY h.series_key, h.begin
