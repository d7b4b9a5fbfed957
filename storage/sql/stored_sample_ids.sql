SELECT s.sample_id, s.begin FROM sample s JOIN sample_batch b USING (batch_key)
WHERE b.campaign_key = %(campaign_key)s AND b.label = %(label)s
