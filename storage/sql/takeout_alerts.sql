SELECT a.kind, a.begin, a."end", a.detail,
       (SELECT note FROM restricted.alert_note n WHERE n.alert_key = a.alert_key) AS note,
       (SELECT json_agg(json_build_object('moment', d.moment, 'way', d.way, 'sent_at', d.sent_at, 'failure', d.failure) ORDER BY d.due_at)
        FROM restricted.alert_delivery d WHERE d.alert_key = a.alert_key) AS deliveries
FROM alert a JOIN station s USING (station_key) WHERE s.station_id = %(station_id)s ORDER BY a.begin
