DELETE FROM sample_batch WHERE campaign_key = %(campaign_key)s AND label = %(label)s RETURNING batch_key
