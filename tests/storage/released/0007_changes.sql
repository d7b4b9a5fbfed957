UPDATE series SET usual_interval_s = 300 WHERE series_key = 1;
