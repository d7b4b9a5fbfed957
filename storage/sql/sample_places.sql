SELECT DISTINCT ON (s.place) s.place, p.latitude, p.longitude, s.latitude, s.longitude
FROM sample s JOIN sample_batch b USING (batch_key) JOIN restricted.sample_position p USING (sample_key)
WHERE b.campaign_key = %(campaign_key)s AND s.place IS NOT NULL AND NOT s.place_is_public
ORDER BY s.place, s.sample_key
