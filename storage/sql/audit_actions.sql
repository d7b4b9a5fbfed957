SELECT DISTINCT action FROM restricted.audit ORDER BY action
