"""How much one address may ask: a bucket of requests that fills again, told in the headers of every answer.

Addresses are held in memory for as long as a bucket takes to fill, and written nowhere.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answer_cache import Ready
from api.problems import problem

WINDOW = 60  # [s] in which an empty bucket fills
ADDRESSES_MAX = 50_000  # some 10 MB; more at once are forgotten, oldest first


@dataclass(slots=True)
class Bucket:
    """What is left for an address, and when that was counted [s]."""

    left: float
    at: float


class RateLimit:
    """ASGI middleware: 429 where an address asked more than `per_minute` below some paths, else headers that count.

    A refusal carries `headers` too, as all answers below these paths do. What `ready` has an answer to goes out at
    once: asking the application for it, and completing what it sends, would take longer than the answer itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        per_minute: int,
        prefixes: Collection[str],
        headers: Mapping[str, str],
        ready: Callable[[Scope], Ready | None] = lambda _scope: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self._limit, self._clock = per_minute, clock
        self._prefixes = tuple(prefixes)
        self._headers, self._ready = headers, ready
        self._buckets: dict[str, Bucket] = {}
        limit = str(per_minute).encode()
        self._fixed = [
            (b"ratelimit-policy", b'"default";q=%b;w=%d' % (limit, WINDOW)),
            (b"x-ratelimit-limit", limit),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request, or refuse it."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefixes):
            await self.app(scope, receive, send)
            return
        left = self._take(_network(scope["client"]))
        headers = [*self._fixed, *self._counted(left)]
        if left >= 0 and (found := self._ready(scope)) is not None:
            answer, age = found
            await answer.give(send, age + headers)
            return

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *headers]}
            await send(message)

        if left < 0:
            await self._refuse(scope, receive, complete, wait=-left * WINDOW / self._limit)
        else:
            await self.app(scope, receive, complete)

    def _take(self, address: str) -> float:
        """Take one request out of an address's bucket; give what is left, below 0 where there was none to take."""
        now = self._clock()
        bucket = self._buckets.pop(address, None) or Bucket(float(self._limit), now)
        bucket.left = min(self._limit, bucket.left + (now - bucket.at) * self._limit / WINDOW)
        bucket.at = now
        self._buckets[address] = bucket  # at the end: the first is the one that asked the longest ago
        if len(self._buckets) > ADDRESSES_MAX:
            del self._buckets[next(iter(self._buckets))]
        if bucket.left < 1:
            return bucket.left - 1
        bucket.left -= 1
        return bucket.left

    def _counted(self, left: float) -> list[tuple[bytes, bytes]]:
        whole = max(0, int(left))
        full_in = int((self._limit - max(left, 0)) * WINDOW / self._limit) + 1
        return [
            (b"ratelimit", b'"default";r=%d;t=%d' % (whole, full_in)),
            (b"x-ratelimit-remaining", b"%d" % whole),
            (b"x-ratelimit-used", b"%d" % (self._limit - whole)),
            (b"x-ratelimit-reset", b"%d" % full_in),
        ]

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, *, wait: float) -> None:
        answer = problem(
            429,
            "Too Many Requests",
            f"More than {self._limit} requests a minute came from this address. For much data at once there is "
            "/v1/exports/hours.",
        )
        answer.headers["Retry-After"] = str(int(wait) + 1)
        answer.headers.update(self._headers)
        await answer(scope, receive, send)


def _network(client: tuple[str, int] | None) -> str:
    """Give the address that counts: of IPv6 the first 64 bits, for a household has all of them."""
    if client is None:
        return ""
    address = client[0]
    return ":".join(address.split(":")[:4]) if ":" in address else address
