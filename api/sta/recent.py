"""Answers kept for some seconds: who asks the same while one is made waits for it, who asks soon after gets it.

Hours change once an hour and every answer may be cached for a minute anyway. One page of a thousand hours costs 20 ms
of work; fifty clients that ask for it at once would cost a second.
"""

from asyncio import Future, get_running_loop
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import matches

SECONDS = 60.0  # what Cache-Control tells everyone else
BYTES_MAX = 64 << 20  # of all kept answers
ANSWER_MAX = 4 << 20  # of one; larger ones are passed on as they come

Key = tuple[str, str, bytes, bool]


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole answer, and the moment it was made [s]."""

    start: Message
    body: bytes
    at: float

    @property
    def etag(self) -> str | None:
        """Return its entity tag."""
        return Headers(raw=self.start["headers"]).get("etag")


class RecentAnswers:
    """ASGI middleware that keeps good answers to GET for `seconds`; compression and entity tags stand inside of it."""

    def __init__(self, app: ASGIApp, *, seconds: float = SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self.app = app
        self.seconds = seconds
        self.clock = clock
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._coming: dict[Key, Future[Kept | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, wait for what is coming, or ask."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        key = _key(scope)
        found = self._fresh(key)
        if found is None and key in self._coming:
            found = await self._coming[key]
        if found is not None:
            await self._replay(found, scope, send)
        elif _is_conditional(scope) or key in self._coming:
            await self.app(scope, receive, send)
        else:
            await self._ask(key, scope, receive, send)

    async def _ask(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; keep the answer if it is good and not too large."""
        recorder = _Recorder(send, self.clock)
        coming: Future[Kept | None] = get_running_loop().create_future()
        self._coming[key] = coming
        found = None
        try:
            await self.app(scope, receive, recorder)
            found = recorder.kept()
        finally:
            del self._coming[key]
            coming.set_result(found)
        if found is not None and self.seconds > 0:
            self._keep(key, found)

    def _fresh(self, key: Key) -> Kept | None:
        found = self._kept.get(key)
        return found if found is not None and self.clock() - found.at < self.seconds else None

    def _keep(self, key: Key, answer: Kept) -> None:
        before = self._kept.pop(key, None)
        self._bytes += len(answer.body) - (len(before.body) if before else 0)
        self._kept[key] = answer
        while self._bytes > BYTES_MAX:
            self._bytes -= len(self._kept.popitem(last=False)[1].body)

    async def _replay(self, answer: Kept, scope: Scope, send: Send) -> None:
        """Send a kept answer with its age; 304 to who has it already."""
        start = {**answer.start, "headers": list(answer.start["headers"])}
        headers = MutableHeaders(raw=start["headers"])
        headers["Age"] = str(int(self.clock() - answer.at))
        body = answer.body
        if answer.etag is not None and matches(Headers(scope=scope).get("if-none-match", ""), answer.etag):
            start["status"], body = HTTPStatus.NOT_MODIFIED, b""
            for name in ("content-length", "content-type", "content-encoding"):
                del headers[name]
        await send(start)
        await send({"type": "http.response.body", "body": body})


class _Recorder:
    """Passes an answer on and remembers it."""

    def __init__(self, send: Send, clock: Callable[[], float]) -> None:
        self._send = send
        self._clock = clock
        self._at = 0.0
        self._start: Message | None = None
        self._body: list[bytes] = []
        self._size = 0

    async def __call__(self, message: Message) -> None:
        """Remember a message as it is before middleware further out completes it, and pass it on."""
        if message["type"] == "http.response.start":
            self._start = {**message, "headers": list(message["headers"])}
            self._at = self._clock()  # not at its end: whoever has read the last byte may ask again before we get there
        else:
            part = message.get("body", b"")
            self._size += len(part)
            if self._size <= ANSWER_MAX:
                self._body.append(part)
        await self._send(message)

    def kept(self) -> Kept | None:
        """Return the whole answer, or None where it was bad or too large."""
        if self._start is None or self._start["status"] != HTTPStatus.OK or self._size > ANSWER_MAX:
            return None
        return Kept(self._start, b"".join(self._body), self._at)


def _key(scope: Scope) -> Key:
    headers = Headers(scope=scope)
    packed = "gzip" in headers.get("accept-encoding", "")
    root = f"{scope['scheme']}://{headers.get('host', '')}{scope.get('root_path', '')}"
    return root, scope["path"], scope["query_string"], packed


def _is_conditional(scope: Scope) -> bool:
    return "if-none-match" in Headers(scope=scope)
