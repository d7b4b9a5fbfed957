"""What a route needs of the outside: a connection from the pool, the settings and the time of the request."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.leaving import BORROWED, Borrowed
from api.settings import ApiSettings
from storage.connection import borrow

# A reader writes nothing, and no question of the public may keep the database busy for long.
READ_ONLY = "-c default_transaction_read_only=on -c statement_timeout=10s"

CANCEL_INTERVAL_S = 0.2


def read_only(database_url: str) -> str:
    """Complete a connection string so that its sessions cannot write and no statement runs for over 10 s."""
    options = conninfo_to_dict(database_url).get("options") or ""
    return make_conninfo(database_url, options=f"{options} {READ_ONLY}".strip())


def borrowed(request: Request) -> Iterator[Connection[Any]]:
    """Take a connection of the pool."""
    settings: ApiSettings = request.app.state.settings
    borrowed: Borrowed = request.scope.get(BORROWED) or Borrowed()
    with borrow(request.app.state.pool, timeout_s=settings.pool_timeout) as conn, borrowed.holding(conn):
        yield conn


async def connection(
    request: Request, conn: Annotated[Connection[Any], Depends(borrowed, scope="function")]
) -> AsyncIterator[Connection[Any]]:
    """Lend a connection for the time of the route's function; when the caller goes away, what it asked for ends."""
    watcher = asyncio.create_task(_cancel_when_gone(request, conn))
    try:
        yield conn
    finally:  # the watcher is waited for: it must not cancel what the next borrower asks for
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher


async def _cancel_when_gone(request: Request, conn: Connection[Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    threads = CapacityLimiter(1)  # its own, for those of the routes may all be at work
    while True:  # until the route has ended: the query that matters may not have begun
        await to_thread.run_sync(conn.cancel_safe, limiter=threads)
        await asyncio.sleep(CANCEL_INTERVAL_S)


def request_time() -> datetime:
    """Give the time of the request; tests override it."""
    return datetime.now(UTC)


# scope "function": the connection is back in the pool before the answer goes to a slow caller
Database = Annotated[Connection[Any], Depends(connection, scope="function")]
Now = Annotated[datetime, Depends(request_time)]
