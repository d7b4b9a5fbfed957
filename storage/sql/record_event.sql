INSERT INTO event (time, kind, station_key, detail)
VALUES (%(time)s, %(kind)s, (SELECT station_key FROM station WHERE station_id = %(station_id)s), %(detail)s)
