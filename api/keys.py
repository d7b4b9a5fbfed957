"""API keys: who may ask more than others, or write. Reading open data needs none.

A key stands in `X-API-Key`, or as `Authorization: Bearer`. What does not begin as our keys do is not looked at: clients
of OpenAQ always send some key, and owners' tokens are Bearer tokens as well.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool

from storage.api_keys import ApiKey

PREFIX = "lbk_"
"""What each key begins with, so that scanners of repositories find one that was published by mistake."""

SCOPES: Mapping[str, str] = {
    "read": "more requests a minute",
    "export": "the same, and exports in turns of their own",
    "register": "registering stations where that is closed to others",
}

HOLDER = "luchtbrug.api_key"
"""Where the scope of a request holds the key that it came with."""

REMEMBERED = 10.0  # [s]; a key that is revoked opens nothing after this
KEYS_MAX = 10_000  # remembered at once
_LONGEST = 200  # [characters]


def new_key() -> str:
    """Make a key of 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_key(key: str) -> str:
    """Hash a key; looked up by this hash, so without a salt. Against guessing 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def presented(scope: Mapping[str, Any]) -> str | None:
    """Give the key that a request shows; None where it shows none of ours."""
    for name, value in scope["headers"]:
        if name == b"x-api-key":
            found = value
        elif name == b"authorization" and value[:7].lower() == b"bearer ":
            found = value[7:].strip()
        else:
            continue
        if found.startswith(PREFIX.encode()):
            return str(found[:_LONGEST].decode("latin-1"))
    return None


def holds(scope: Mapping[str, Any], wanted: str) -> bool:
    """Tell whether a request came with a key that is good for something."""
    key: ApiKey | None = scope.get(HOLDER)
    return key is not None and wanted in key.scopes


class Keys:
    """Finds keys by their hash, and remembers those that are good for seconds; others are looked up each time."""

    def __init__(self, find: Callable[[str], ApiKey | None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._find, self._clock = find, clock
        self._good: dict[str, tuple[ApiKey, float]] = {}  # by the hash: the keys themselves are kept nowhere

    def remembered(self, secret: str) -> ApiKey | None:
        """Give a key that was found good a moment ago."""
        key, until = self._good.get(hash_key(secret), (None, 0.0))
        return key if self._clock() < until else None

    async def find(self, secret: str) -> ApiKey | None:
        """Look a key up; None for one that is unknown, revoked or over. Raises DatabaseAwayError."""
        secret_hash = hash_key(secret)
        self._good.pop(secret_hash, None)
        key = await run_in_threadpool(self._find, secret_hash)
        if key is not None:
            self._good[secret_hash] = key, self._clock() + REMEMBERED
            if len(self._good) > KEYS_MAX:
                del self._good[next(iter(self._good))]
        return key
