-- Whoever has another role begins anew: an open session would keep the old one.
WITH set AS (
    UPDATE restricted.staff_account SET role = %(role)s WHERE name = %(name)s RETURNING account_key
), ended AS (
    DELETE FROM restricted.staff_session USING set WHERE staff_session.account_key = set.account_key
)
SELECT account_key FROM set
