"""Headers that every answer carries, and what spares bandwidth: entity tags, conditional requests and HEAD."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CACHE_SHORT = "public, max-age=60, stale-while-revalidate=300"
CACHE_FINAL = "public, max-age=86400"  # for what is never changed, as a calibration
NO_STORE = "no-store"

HEAD_ONLY = "luchtbrug.head_only"
"""Where the scope of a request says that its answer is sent without a body: what is long to make need not be made."""

EVERYWHERE: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Vary": "Accept, Accept-Encoding, Origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",  # browsers ignore it where there is no TLS
    "Access-Control-Allow-Origin": "*",  # open data; always sent, so that a shared cache holds one answer for all
    "Access-Control-Expose-Headers": "Accept-Ranges, Age, API-Version, Cache-Status, Content-Crs, Content-Disposition, "
    "Content-Range, ETag, Link, RateLimit, RateLimit-Policy, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset, X-RateLimit-Used",
}


PROTECTIVE: Sequence[tuple[bytes, bytes]] = tuple(
    (name.lower().encode(), EVERYWHERE[name].encode())
    for name in (
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Content-Security-Policy",
        "Referrer-Policy",
        "Strict-Transport-Security",
    )
)
"""What an answer carries that says nothing of these: it is no script and no page, and no site frames it."""


class ProtectiveHeaders:
    """ASGI middleware that completes every answer, whichever room it is from; what an answer says itself stands."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the start of its answer."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower(): value for name, value in message["headers"]}
                framed = b"frame-ancestors *" in said.get(b"content-security-policy", b"")
                missing = [
                    each
                    for each in PROTECTIVE
                    if each[0] not in said and not (framed and each[0] == b"x-frame-options")
                ]
                message = {**message, "headers": [*message["headers"], *missing]}
            await send(message)

        await self.app(scope, receive, complete)


class FixedHeaders:
    """ASGI middleware that sets the same headers on every answer, errors included."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the start of its answer."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, complete)


class ConditionalRequests:
    """ASGI middleware: an `ETag` on every successful GET, 304 where the caller has that state, HEAD without a body.

    The tag is a hash of the body, so it saves the way to the caller, not the query. It is a weak one: the same tag
    stands for the compressed and the plain form (RFC 9110 section 8.8.1), and 304 needs only the weak comparison.
    An answer without a length is a stream of any size and gets no tag; one with a tag of its own is a file, which is
    passed on as it is read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD conditionally; pass everything else through untouched."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        answer = _Answer(send, with_body=not head)
        await self.app({**scope, "method": "GET", HEAD_ONLY: head}, receive, answer.collect)
        if not answer.streamed:
            known = Headers(scope=scope).get("if-none-match", "")
            await answer.give(send, known=known)


class _Answer:
    """One answer, collected where its length is known beforehand; a streamed one is passed on as it comes."""

    def __init__(self, send: Send, *, with_body: bool) -> None:
        self.start: Message = {}
        self.body = b""
        self.streamed = False
        self._send, self._with_body = send, with_body

    async def collect(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            headers = Headers(raw=message["headers"])
            self.streamed = "content-length" not in headers or "etag" in headers
            if self.streamed:
                MutableHeaders(scope=message).setdefault("Cache-Control", CACHE_SHORT)
        if self.streamed:
            await self._send(message if self._with_body else _without_body(message))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def give(self, send: Send, *, known: str) -> None:
        headers = MutableHeaders(scope=self.start)
        if self.start["status"] == 200:
            tag = f'W/"{blake2b(self.body, digest_size=12).hexdigest()}"'
            headers["ETag"] = tag
            headers.setdefault("Cache-Control", CACHE_SHORT)
            if matches(known, tag):
                self._empty(headers)
        await send(self.start)
        await send({"type": "http.response.body", "body": self.body if self._with_body else b""})

    def _empty(self, headers: MutableHeaders) -> None:
        self.start["status"] = 304
        self.body = b""
        for name in ("content-length", "content-type"):
            del headers[name]


def _without_body(message: Message) -> Message:
    return {**message, "body": b""} if message["type"] == "http.response.body" else message


def matches(known: str, tag: str) -> bool:
    """Compare weakly (RFC 9110 section 13.1.2): `W/` does not count, `*` is any state."""
    opaque = tag.removeprefix("W/")
    return known.strip() == "*" or any(one.strip().removeprefix("W/") == opaque for one in known.split(","))
