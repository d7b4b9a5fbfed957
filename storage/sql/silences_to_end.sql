-- A silence ends with the third time of which readings came after it began, the last of them lately: one message is no return.
SELECT a.alert_key
FROM alert a
CROSS JOIN LATERAL (
    SELECT count(*) AS times, max(time) AS last
    FROM (SELECT DISTINCT r.time FROM series e JOIN reading r USING (series_key)
          WHERE e.station_key = a.station_key AND r.time > a.begin ORDER BY r.time DESC LIMIT 3) AS t
) AS heard
WHERE a.end IS NULL AND a.kind = 'silent' AND heard.times >= 3 AND heard.last >= %(now)s::timestamptz - %(least)s::interval
