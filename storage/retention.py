"""What goes by its age. Of readings hours, calibrations and rollups stay; only the readings they were made of go."""

from datetime import datetime

import psycopg

from storage.statements import sql


def forget_readings(conn: psycopg.Connection, before: datetime) -> int:
    """Delete the readings older than a time, and return how many rows.

    With TimescaleDB only the chunks that are older as a whole, at once, and how many of those.
    """
    if in_chunks(conn):
        return conn.execute("SELECT drop_chunks('reading', older_than => %s)", (before,)).rowcount
    return conn.execute("DELETE FROM reading WHERE time < %s", (before,)).rowcount


BY_AGE = ("unconfirmed", "put-aside", "owner-words", "alerts", "receipts")
"""The classes of data that `forget` knows, by their names in the retention table."""


def forget(conn: psycopg.Connection, data_class: str, before: datetime) -> int:
    """Delete what is older than a time of one class, and return how many rows. KeyError for an unknown class."""
    if data_class not in BY_AGE:
        raise KeyError(data_class)
    return conn.execute(sql(f"forget_{data_class.replace('-', '_')}"), {"before": before}).rowcount


def forget_leftovers(conn: psycopg.Connection, now: datetime) -> int:
    """Delete owners without an active station and codes that are over, and return how many."""
    return sum(conn.execute(sql(name), {"now": now}).rowcount for name in ("forget_lone_owners", "forget_stale_codes"))


def refresh_rollups(conn: psycopg.Connection) -> None:
    """Take what was deleted out of TimescaleDB's continuous aggregates; commits. Nothing on plain PostgreSQL.

    Only what changed is worked out anew.
    """
    if not in_chunks(conn):
        conn.commit()
        return
    conn.commit()
    conn.autocommit = True  # the procedure makes transactions of its own
    try:
        for name in ("reading_hour_bucket", "reading_day_bucket"):
            conn.execute("CALL refresh_continuous_aggregate(%s, NULL, NULL)", (name,))
    finally:
        conn.autocommit = False


def in_chunks(conn: psycopg.Connection) -> bool:
    """Tell whether the tables are those of TimescaleDB."""
    return conn.execute(sql("readings_in_chunks")).fetchone() == (True,)
