DELETE FROM restricted.station_code WHERE expires_at <= %(now)s
