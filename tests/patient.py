"""HTTP with more patience than httpx's five seconds: a first answer imports a lot, and machines are busy."""

from functools import partial

import httpx

SECONDS = 30.0

get = partial(httpx.get, timeout=SECONDS)
Client = partial(httpx.Client, timeout=SECONDS)
