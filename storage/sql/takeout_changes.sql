SELECT time, CASE WHEN actor IN ('owner', 'command') THEN actor ELSE 'staff' END AS by, action, before, after
FROM restricted.audit WHERE object = 'station ' || %(station_id)s ORDER BY audit_key
