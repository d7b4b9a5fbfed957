"""How much one address, or one key, may ask: a bucket of requests that fills again, told in every answer's headers.

Addresses are held in memory for as long as a bucket takes to fill, and written nowhere. A key that is not remembered is
counted at its address before it is looked up, so guessing is as slow as any asking.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answer_cache import Ready
from api.household import household
from api.keys import HOLDER, Keys, presented
from api.problems import AWAY, problem
from storage.api_keys import ApiKey
from storage.errors import DatabaseAwayError

WINDOW = 60  # [s] in which an empty bucket fills
ADDRESSES_MAX = 50_000  # some 10 MB; more at once are forgotten, oldest first


@dataclass(slots=True)
class Bucket:
    """What is left for an address, and when that was counted [s]."""

    left: float
    at: float


class Allowance:
    """How much one kind of caller may ask in a minute, and how that is told."""

    def __init__(self, name: str, per_minute: int) -> None:
        self.name, self.per_minute = name, per_minute
        limit = str(per_minute).encode()
        self._fixed = [
            (b"ratelimit-policy", b'"%b";q=%b;w=%d' % (name.encode(), limit, WINDOW)),
            (b"x-ratelimit-limit", limit),
        ]

    def headers(self, left: float) -> list[tuple[bytes, bytes]]:
        """Tell the limit and what is left of it."""
        whole = max(0, int(left))
        full_in = int((self.per_minute - max(left, 0)) * WINDOW / self.per_minute) + 1
        return [
            *self._fixed,
            (b"ratelimit", b'"%b";r=%d;t=%d' % (self.name.encode(), whole, full_in)),
            (b"x-ratelimit-remaining", b"%d" % whole),
            (b"x-ratelimit-used", b"%d" % (self.per_minute - whole)),
            (b"x-ratelimit-reset", b"%d" % full_in),
        ]


class RateLimit:
    """ASGI middleware: 429 where a caller asked more than its allowance below some paths, else headers that count.

    A refusal carries `headers` too, as all answers below these paths do. What `ready` has an answer to goes out at
    once: asking the application for it, and completing what it sends, would take longer than the answer itself.
    Without `keys` nobody has one; a key that is good for `read` or `export` is allowed `per_key`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        per_minute: int,
        prefixes: Collection[str],
        headers: Mapping[str, str],
        ready: Callable[[Scope], Ready | None] = lambda _scope: None,
        keys: Keys | None = None,
        per_key: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self._prefixes = tuple(prefixes)
        self._headers, self._ready, self._keys, self._clock = headers, ready, keys, clock
        self._buckets: dict[str, Bucket] = {}
        self._of_address = Allowance("default", per_minute)
        self._of_key = Allowance("key", per_key or per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request, or refuse it."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefixes):
            await self.app(scope, receive, send)
            return
        secret = None if self._keys is None else presented(scope)
        if secret is None or self._keys is None:
            await self._count(scope, receive, send, _network(scope["client"]), self._of_address)
            return
        key = self._keys.remembered(secret) or await self._looked_up(self._keys, secret, scope, receive, send)
        if key is not None:
            more = {"read", "export"} & set(key.scopes)
            allowed = self._of_key if more else self._of_address
            await self._count({**scope, HOLDER: key}, receive, send, f"key {key.key_name}", allowed)

    async def _looked_up(self, keys: Keys, secret: str, scope: Scope, receive: Receive, send: Send) -> ApiKey | None:
        """Look a key up, at the expense of its address; where it is not good, say so and give None."""
        left = self._take(_network(scope["client"]), self._of_address.per_minute)
        if left < 0:
            await self._refuse(scope, receive, send, self._of_address, left)
            return None
        try:
            key = await keys.find(secret)
        except DatabaseAwayError:
            await self._answer(problem(*AWAY), scope, receive, send)
            return None
        if key is None:
            detail = "This key is unknown, revoked or over. Leave it out to read open data."
            await self._answer(problem(401, "Unauthorized", detail), scope, receive, send)
        return key

    async def _count(self, scope: Scope, receive: Receive, send: Send, who: str, allowed: Allowance) -> None:
        left = self._take(who, allowed.per_minute)
        if left < 0:
            await self._refuse(scope, receive, send, allowed, left)
            return
        headers = allowed.headers(left)
        if (found := self._ready(scope)) is not None:
            answer, age = found
            await answer.give(send, age + headers)
            return

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *headers]}
            await send(message)

        await self.app(scope, receive, complete)

    def _take(self, who: str, limit: int) -> float:
        """Take one request out of a caller's bucket; give what is left, below 0 where there was none to take."""
        now = self._clock()
        bucket = self._buckets.pop(who, None) or Bucket(float(limit), now)
        bucket.left = min(limit, bucket.left + (now - bucket.at) * limit / WINDOW)
        bucket.at = now
        self._buckets[who] = bucket  # at the end: the first is the one that asked the longest ago
        if len(self._buckets) > ADDRESSES_MAX:
            del self._buckets[next(iter(self._buckets))]
        if bucket.left < 1:
            return bucket.left - 1
        bucket.left -= 1
        return bucket.left

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, allowed: Allowance, left: float) -> None:
        answer = problem(
            429,
            "Too Many Requests",
            f"More than {allowed.per_minute} requests a minute came from this address or with this key. For much data "
            "at once there is /v1/exports/hours.",
        )
        answer.headers["Retry-After"] = str(int(-left * WINDOW / allowed.per_minute) + 1)
        answer.raw_headers += allowed.headers(left)
        await self._answer(answer, scope, receive, send)

    async def _answer(self, answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
        answer.headers.update(self._headers)
        await answer(scope, receive, send)


def _network(client: tuple[str, int] | None) -> str:
    return household(client[0]) if client else ""
