DELETE FROM restricted.receipt WHERE time < %(before)s
