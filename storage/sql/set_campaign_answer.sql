UPDATE campaign SET answer_nl = %(answer_nl)s, answer_en = %(answer_en)s WHERE campaign_key = %(campaign_key)s
