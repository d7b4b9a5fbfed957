SELECT h.series_key, h.begin, h.raw, h.data_capture, h.raw_flags AS flags
FROM hour h JOIN series e USING (series_key)
WHERE e.observed_property = ANY (%(observed_properties)s::text[]) AND h.begin >= %(begin)s AND h.begin < %(end)s
ORDER BY h.series_key, h.begin
