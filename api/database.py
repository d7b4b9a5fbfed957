"""What a route needs of the outside: a connection from the pool, the settings and the time of the request."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import QueryCanceled

from api.errors import TookTooLongError
from api.leaving import BORROWED, Borrowed
from api.settings import ApiSettings
from storage.connection import borrow
from storage.errors import DatabaseAwayError

# A reader writes nothing, and no question of the public may keep the database busy for long.
ROLE = "luchtbrug_api"
"""What the connections that answer the public take on: neither exact positions nor messages as they came."""

READ_ONLY = "-c default_transaction_read_only=on -c statement_timeout=10s"


def read_only(database_url: str) -> str:
    """Complete a connection string so that its sessions cannot write and no statement runs for over 10 s."""
    options = conninfo_to_dict(database_url).get("options") or ""
    return make_conninfo(database_url, options=f"{options} {READ_ONLY}".strip())


@contextmanager
def lend(app: FastAPI) -> Iterator[Connection[Any]]:
    """Lend a connection of an application's pool for a block.

    Raises DatabaseAwayError where there is none in time, TookTooLongError where the server ended a statement.
    """
    settings: ApiSettings = app.state.settings
    try:
        with borrow(app.state.pool, timeout_s=settings.pool_timeout) as conn:
            yield conn
    except DatabaseAwayError as error:
        if isinstance(error.__cause__, QueryCanceled):  # the server is there, and asking again will not help
            raise TookTooLongError(str(error)) from error
        raise


def connection(request: Request) -> Iterator[Connection[Any]]:
    """Lend a connection for the time of the route's function."""
    borrowed: Borrowed = request.scope.get(BORROWED) or Borrowed()
    with lend(request.app) as conn, borrowed.holding(conn):
        yield conn


def request_time() -> datetime:
    """Give the time of the request; tests override it."""
    return datetime.now(UTC)


# scope "function": the connection is back in the pool before the answer goes to a slow caller
Database = Annotated[Connection[Any], Depends(connection, scope="function")]
Now = Annotated[datetime, Depends(request_time)]
