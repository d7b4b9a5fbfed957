"""How long readings are kept. Hours, calibrations and rollups stay; only the readings they were made of go."""

from datetime import datetime, timedelta

import psycopg

from storage.statements import sql


def set_retention(conn: psycopg.Connection, keep: timedelta | None) -> bool:
    """Let the server drop readings older than `keep` by itself, or (None) keep all; True when it does so.

    Only TimescaleDB can. On plain PostgreSQL nothing changes, and the caller runs :func:`forget_readings` now and then.
    """
    if not in_chunks(conn):
        return False
    conn.execute("SELECT remove_retention_policy('reading', if_exists => true)")
    if keep is not None:
        conn.execute("SELECT add_retention_policy('reading', drop_after => %s)", (keep,))
    return True


def forget_readings(conn: psycopg.Connection, before: datetime) -> None:
    """Delete the readings older than a time; with TimescaleDB only the chunks that are older as a whole, at once."""
    if in_chunks(conn):
        conn.execute("SELECT drop_chunks('reading', older_than => %s)", (before,))
    else:
        conn.execute("DELETE FROM reading WHERE time < %s", (before,))


def in_chunks(conn: psycopg.Connection) -> bool:
    """Tell whether the tables are those of TimescaleDB."""
    return conn.execute(sql("readings_in_chunks")).fetchone() == (True,)
