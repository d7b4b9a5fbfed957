-- What is over goes first: nobody's name stays longer than the session.
WITH over AS (
    DELETE FROM restricted.staff_session WHERE seen_at < %(at)s::timestamptz - %(idle)s::interval OR begun_at < %(at)s::timestamptz - %(longest)s::interval
)
INSERT INTO restricted.staff_session (token_hash, account_key, subject, name, role, begun_at, seen_at)
VALUES (%(token_hash)s, %(account_key)s, %(subject)s, %(name)s, %(role)s, %(at)s, %(at)s)
