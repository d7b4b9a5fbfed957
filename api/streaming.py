"""A long answer straight from the database: a few at a time, and a caller who leaves takes the query along."""

import asyncio
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress

from anyio import CapacityLimiter, to_thread
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.errors import BusyError
from api.headers import HEAD_ONLY
from api.tables import content_type
from storage.errors import DatabaseAwayError
from storage.exports import Export, Format

SEND_TIMEOUT = 60.0  # [s] that a caller may take for one block; a stalled one would hold its connection for ever


class Slots:
    """How many exports run at once; each holds a connection and a thread for minutes."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.threads = CapacityLimiter(2 * total)  # one reads, one cancels
        self._taken = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take one for a block; BusyError where none is free."""
        if self._taken >= self.total:
            raise BusyError(f"{self.total} exports are running, which is the limit. Try again in a minute.")
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1


class ExportAnswer(Response):
    """An answer that reads an export in a thread, block by block, no faster than the caller takes it."""

    def __init__(
        self, export: Export, form: Format, slots: Slots, *, media_type: str, filename: str, mark: bytes = b""
    ) -> None:
        self.status_code = 200
        self.background = None
        disposition = f'attachment; filename="{filename}"'
        self.init_headers({"Content-Type": content_type(media_type), "Content-Disposition": disposition})
        del self.headers["content-length"]  # nobody knows it before the end
        self._export, self._form, self._slots, self._mark = export, form, slots, mark
        self._gone = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything; errors before the first block are raised while a problem can still be answered."""
        if scope.get(HEAD_ONLY):
            await send(self._start())
            await send({"type": "http.response.body", "body": b""})
            return
        with self._slots.taken():
            watcher = asyncio.create_task(self._cancel_when_gone(receive))
            blocks = self._export.blocks(self._form)
            try:
                await self._pump(blocks, send)
            except DatabaseAwayError:
                if not self._gone:  # else it is the query that we ended
                    raise
            finally:
                watcher.cancel()
                with suppress(asyncio.CancelledError):
                    await watcher
                await to_thread.run_sync(blocks.close, limiter=self._slots.threads)

    def _start(self) -> Message:
        return {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}

    async def _pump(self, blocks: Generator[bytes, None, None], send: Send) -> None:
        block = await self._next(blocks)  # its error is raised before the answer starts
        await send(self._start())
        first = self._mark
        while block:
            async with asyncio.timeout(SEND_TIMEOUT):
                await send({"type": "http.response.body", "body": first + block, "more_body": True})
            first = b""
            block = await self._next(blocks)
        await send({"type": "http.response.body", "body": first, "more_body": False})

    async def _next(self, blocks: Generator[bytes, None, None]) -> bytes:
        if self._gone:
            return b""
        return await to_thread.run_sync(next, blocks, b"", limiter=self._slots.threads)

    async def _cancel_when_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        await to_thread.run_sync(self._export.cancel, limiter=self._slots.threads)
