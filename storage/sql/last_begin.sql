SELECT max(begin) FROM hour
