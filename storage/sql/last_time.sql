SELECT max(time) FROM latest
