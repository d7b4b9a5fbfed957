"""Keeps the answers that everybody asks for, ready to send: rendered and compressed once a second, not once a caller.

Only complete answers of status 200 to GET are kept, by path, query, Accept and encoding. What is older than `fresh_s`
is renewed by one request while the others still get the old one; what is twice as old is waited for. What took long to
make is fresh for `SHARE` times as long, so that making it is never what the process is busy with. `Age` says how old an
answer is.

What cannot be renewed, for the database is away (a status of 500 or more), stays for up to a day. It
says its age and that it is old (RFC 9211, `Cache-Status`); meanwhile one request in `FRESH_MAX` tries anew.
"""

import asyncio
import gzip
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import matches

FRESH = 1.0  # [s]; stations send every 150 s at the fastest
SHARE = 10  # 15,000 stations are made in a quarter of a second, of which much is on one core
FRESH_MAX = 5.0  # [s]; a database that is slow today makes nobody see yesterday
SIZE = 64  # answers: some properties and boxes in two encodings; a large one takes 1 MB compressed, 8 MB plain
OUTAGE = 86_400.0  # [s]; what is older than a day is no news of the air
KEPT_ON = b"luchtbrug; fwd=stale; fwd-status=%d; detail=database-away"
LEVEL = 5  # of gzip, as for every other answer

OF_304 = frozenset(
    (
        b"cache-control",
        b"etag",
        b"vary",
        b"api-version",
        b"access-control-allow-origin",
        b"access-control-expose-headers",
    )
)
"""What a 304 tells (RFC 9110 section 15.4.5), and what says which version spoke and who may read it."""

Key = tuple[str, bytes, bytes, bool]
RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it goes out, in two messages: its status and headers, and its body."""

    status: int
    headers: RawHeaders
    body: Message

    async def give(self, send: Send, more: RawHeaders) -> None:
        """Send it, with some headers more."""
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.headers, *more]})
        await send(self.body)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a question: the whole answer, that to who has it already, its tag, and its times [s]."""

    whole: Answer
    unchanged: Answer
    tag: str
    made_at: float
    fresh_until: float
    stale_at: float


Ready = tuple[Answer, RawHeaders]
"""An answer that waits for nothing, and its age."""


class AnswerCache:
    """ASGI middleware that answers some paths from memory."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        paths: Collection[str],
        fresh_s: float = FRESH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self._paths = frozenset(paths)
        self._fresh, self._clock = fresh_s, clock
        self._kept: dict[Key, Kept] = {}
        self._renewals: dict[Key, asyncio.Task[Kept]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory where this is a path of ours; pass everything else on."""
        if not self._is_ours(scope):
            await self.app(scope, receive, send)
            return
        asked = _lines_joined(scope)
        key = _key(scope, asked)
        kept = self._current(key, scope)
        if kept is None:
            kept = await asyncio.shield(self._renewals[key])  # a caller who leaves does not end it for the others
        answer, age = self._chosen(kept, asked)
        await answer.give(send, age)

    def ready(self, scope: Scope) -> Ready | None:
        """Give the kept answer to a request with its `Age`; None where it has to be waited for, or is not ours."""
        if not self._is_ours(scope):
            return None
        asked = _lines_joined(scope)
        kept = self._current(_key(scope, asked), scope)
        return None if kept is None else self._chosen(kept, asked)

    def _is_ours(self, scope: Scope) -> bool:
        return scope["type"] == "http" and scope["path"] in self._paths and scope["method"] == "GET"

    def _current(self, key: Key, scope: Scope) -> Kept | None:
        """Give what is kept where it is not too old; where it is not fresh, see that somebody renews it."""
        kept = self._kept.get(key)
        now = self._clock()
        if (kept is None or now >= kept.fresh_until) and key not in self._renewals:
            self._renewals[key] = asyncio.create_task(self._renew(key, scope))
        return kept if kept and now < kept.stale_at else None

    def _chosen(self, kept: Kept, asked: dict[bytes, bytes]) -> Ready:
        known = asked.get(b"if-none-match")
        had = known is not None and kept.tag and matches(known.decode("latin-1"), kept.tag)
        age = max(0, int(self._clock() - kept.made_at))
        return kept.unchanged if had else kept.whole, [(b"age", b"%d" % age)]

    async def _renew(self, key: Key, scope: Scope) -> Kept:
        try:
            kept = await self._ask(scope, compressed=key[-1])
        finally:
            del self._renewals[key]
        before = self._kept.pop(key, None)
        if before and kept.whole.status >= 500 and self._clock() - before.made_at < OUTAGE:
            kept = _kept_on(before, kept.whole.status, self._clock())
        if kept.whole.status == 200:
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
        whole = Answer(start["status"], start["headers"], _last(body))
        unchanged = Answer(304, [(name, value) for name, value in whole.headers if name in OF_304], _last(b""))
        fresh = min(max(self._fresh, SHARE * (self._clock() - made_at)), FRESH_MAX)
        tag = MutableHeaders(scope=start).get("etag", "")
        return Kept(whole, unchanged, tag, made_at, made_at + fresh, made_at + 2 * fresh)


def _kept_on(before: Kept, status: int, now: float) -> Kept:
    """Let an answer stand that could not be renewed: it says so, nobody waits, and it is tried again soon."""
    told = (b"cache-status", KEPT_ON % status)
    whole, unchanged = (
        replace(answer, headers=[*(header for header in answer.headers if header[0] != told[0]), told])
        for answer in (before.whole, before.unchanged)
    )
    return replace(before, whole=whole, unchanged=unchanged, fresh_until=now + FRESH_MAX, stale_at=now + OUTAGE)


def _lines_joined(scope: Scope) -> dict[bytes, bytes]:
    """Give the headers with the lines of each in one, as the application reads a list that comes in several."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        found[name] = found[name] + b", " + value if name in found else value
    return found


def _key(scope: Scope, asked: dict[bytes, bytes]) -> Key:
    packed = b"gzip" in asked.get(b"accept-encoding", b"")
    return scope["path"], scope["query_string"], asked.get(b"accept", b""), packed


def _last(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": False}


async def _nothing() -> Message:
    """Stand for the body of a GET."""
    return {"type": "http.request", "body": b"", "more_body": False}
