DELETE FROM alert WHERE "end" < %(before)s
