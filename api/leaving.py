"""A caller who leaves takes the query along: nobody reads its rows, and others wait for the database."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from anyio import to_thread
from psycopg import Connection
from starlette.types import ASGIApp, Receive, Scope, Send

BORROWED = "luchtbrug.borrowed"
CANCEL_TIMEOUT = 5.0  # [s] for the server to take a cancel; the statement ends by its own limit anyway


class Borrowed:
    """The connection that a request has at the moment; only as long as it has it may anybody cancel there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._conn: Connection[Any] | None = None

    @contextmanager
    def holding(self, conn: Connection[Any]) -> Iterator[None]:
        """Say for a block that a connection is this request's own."""
        with self._lock:
            self._conn = conn
        try:
            yield
        finally:
            with self._lock:  # a cancel that is on its way must not reach the next one who borrows it
                self._conn = None

    def cancel(self) -> None:
        """End what runs on the connection, where the request still has one."""
        with self._lock:
            if self._conn is not None:
                self._conn.cancel_safe(timeout=CANCEL_TIMEOUT)


class EndsWithCaller:
    """ASGI middleware that ends the query of a GET whose caller hangs up before the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request with an eye on its connection."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        borrowed = Borrowed()
        watcher = asyncio.create_task(_cancel_when_gone(receive, borrowed))
        try:
            await self.app({**scope, BORROWED: borrowed}, receive, send)
        finally:
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher


async def _cancel_when_gone(receive: Receive, borrowed: Borrowed) -> None:
    message = await receive()
    while message["type"] == "http.request" and message.get("more_body"):
        message = await receive()
    if message["type"] == "http.request":  # all of it: what comes next is the end of the connection
        message = await receive()
    if message["type"] == "http.disconnect":
        await to_thread.run_sync(borrowed.cancel)
