"""Connections to PostgreSQL: sessions in UTC, and one error for a server that is not there. No commits here."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from storage.errors import DatabaseAwayError
from storage.statements import sql

CONNECT_TIMEOUT_S = 5
"""A server that does not answer is away after this; libpq's own default is to wait for minutes."""


def connect(url: str) -> psycopg.Connection:
    """Open a connection whose times are UTC; the caller commits and closes.

    Raises DatabaseAwayError when the server cannot be reached or refuses the login.
    """
    try:
        conn = psycopg.connect(_with_timeout(url))
        _use_utc(conn)
    except psycopg.OperationalError as error:
        raise DatabaseAwayError(_cannot_reach(url, error)) from error
    return conn


def open_pool(url: str, *, size: int = 8, role: str | None = None) -> ConnectionPool[psycopg.Connection]:
    """Open a pool of at most `size` connections like those of :func:`connect`; each takes on `role` where it may.

    It opens while the server is away too, and finds it later: take connections with :func:`borrow`.
    """
    return ConnectionPool(
        _with_timeout(url),
        min_size=1,
        max_size=size,
        open=True,
        configure=partial(_configure, role=role),
        check=ConnectionPool.check_connection,  # a restarted server leaves dead connections in the pool
        reconnect_timeout=0,  # each failed attempt ends at once; the pool is asked again with the next request
        name="storage",
    )


@contextmanager
def borrow(pool: ConnectionPool[psycopg.Connection], *, timeout_s: float = 5.0) -> Iterator[psycopg.Connection]:
    """Lend a connection of the pool; it commits at the end, and rolls back when the block raises.

    Raises DatabaseAwayError when none is there within `timeout_s` or when the server goes away in the block.
    """
    with away_when_lost(), pool.connection(timeout=timeout_s) as conn:
        yield conn


@contextmanager
def away_when_lost() -> Iterator[None]:
    """Turn the driver's OperationalError (server gone, disk full, shut down) into DatabaseAwayError."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise DatabaseAwayError(f"the database went away, nothing was committed: {_reason(error)}") from error


def _configure(conn: psycopg.Connection, *, role: str | None) -> None:
    _use_utc(conn)
    if role is not None:
        conn.autocommit = True
        conn.execute(sql("take_on_role"), {"role": role})
        conn.autocommit = False


def _use_utc(conn: psycopg.Connection) -> None:
    conn.autocommit = True  # SET in a transaction would be undone by the caller's first rollback
    conn.execute("SET TIME ZONE 'UTC'")
    conn.autocommit = False


def _with_timeout(url: str) -> str:
    return make_conninfo(
        url, **({} if "connect_timeout" in conninfo_to_dict(url) else {"connect_timeout": CONNECT_TIMEOUT_S})
    )


def _cannot_reach(url: str, error: psycopg.OperationalError) -> str:
    place = conninfo_to_dict(url)
    where = f"{place.get('host', 'the local socket')}:{place.get('port', 5432)}, database {place.get('dbname', '')!r}"
    return f"no connection to PostgreSQL at {where}: {_reason(error)}; is the server up, and is the database URL right?"


def _reason(error: psycopg.OperationalError) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
