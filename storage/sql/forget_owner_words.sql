UPDATE event SET detail = detail - 'text' WHERE time < %(before)s AND detail ->> 'text' IS NOT NULL
