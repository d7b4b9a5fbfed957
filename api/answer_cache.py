"""Keeps the answers that everybody asks for, ready to send: rendered and compressed once a second, not once a caller.

Only complete answers of status 200 to GET are kept, by path, query, Accept and encoding. What is older than `fresh_s`
is renewed by one request while the others still get the old one; what is older than `stale_s` is waited for.
"""

import asyncio
import gzip
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import matches

FRESH = 1.0  # [s]
STALE = 2.0  # [s]; stations send every 150 s at the fastest
SIZE = 64  # answers: some properties and boxes in two encodings; a large one takes 1 MB compressed, 8 MB plain
LEVEL = 5  # of gzip, as for every other answer

Key = tuple[str, bytes, bytes, bool]
RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer as it goes out: its start, its body, its tag, the start of a 304, and when it was made [s]."""

    start: Message
    body: bytes
    tag: str
    unchanged: Message
    made_at: float


class AnswerCache:
    """ASGI middleware that answers some paths from memory."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        paths: Collection[str],
        fresh_s: float = FRESH,
        stale_s: float = STALE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self._paths = frozenset(paths)
        self._fresh, self._stale, self._clock = fresh_s, stale_s, clock
        self._kept: dict[Key, Kept] = {}
        self._renewals: dict[Key, asyncio.Task[Kept]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory where this is a path of ours; pass everything else on."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in self._paths:
            await self.app(scope, receive, send)
            return
        asked = dict(scope["headers"])
        key = (
            scope["path"],
            scope["query_string"],
            asked.get(b"accept", b""),
            b"gzip" in asked.get(b"accept-encoding", b""),
        )
        kept = await self._current(key, scope)
        known = asked.get(b"if-none-match")
        if known is not None and kept.tag and matches(known.decode("latin-1"), kept.tag):
            await send(kept.unchanged)
            await send({"type": "http.response.body", "body": b""})
            return
        await send(kept.start)
        await send({"type": "http.response.body", "body": kept.body})

    async def _current(self, key: Key, scope: Scope) -> Kept:
        kept = self._kept.get(key)
        age = self._clock() - kept.made_at if kept else self._stale
        if kept and age < self._fresh:
            return kept
        if key not in self._renewals:
            self._renewals[key] = asyncio.create_task(self._renew(key, scope))
        if kept and age < self._stale:
            return kept
        return await asyncio.shield(self._renewals[key])  # a caller who leaves does not end it for the others

    async def _renew(self, key: Key, scope: Scope) -> Kept:
        try:
            kept = await self._ask(scope, compressed=key[-1])
        finally:
            del self._renewals[key]
        self._kept.pop(key, None)
        if kept.start["status"] == 200:
            self._kept[key] = kept  # at the end: the first is the one renewed the longest ago
            if len(self._kept) > SIZE:
                del self._kept[next(iter(self._kept))]
        return kept

    async def _ask(self, scope: Scope, *, compressed: bool) -> Kept:
        """Ask the application for the plain answer, and compress it in a thread: other requests go on meanwhile."""
        made_at = self._clock()
        unwanted = (b"if-none-match", b"accept-encoding", b"origin")
        headers = [(name, value) for name, value in scope["headers"] if name not in unwanted]
        start: Message = {}
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self.app({**scope, "headers": headers}, _nothing, collect)
        body = b"".join(parts)
        if compressed and len(body) > 1000:
            body = await run_in_threadpool(gzip.compress, body, LEVEL, mtime=0)
            MutableHeaders(scope=start).update({"Content-Encoding": "gzip", "Content-Length": str(len(body))})
        tag = MutableHeaders(scope=start).get("etag", "")
        return Kept(start, body, tag, _unchanged(start), made_at)


async def _nothing() -> Message:
    """Stand for the body of a GET."""
    return {"type": "http.request", "body": b"", "more_body": False}


def _unchanged(start: Message) -> Message:
    left_out = (b"content-length", b"content-type", b"content-encoding")
    headers = [(name, value) for name, value in start["headers"] if name not in left_out]
    return {"type": "http.response.start", "status": 304, "headers": headers}
