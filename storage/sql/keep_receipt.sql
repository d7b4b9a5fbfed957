INSERT INTO restricted.receipt (receipt_id, time, act, station_id, detail)
VALUES (%(receipt_id)s, %(time)s, %(act)s, %(station_id)s, %(detail)s)
