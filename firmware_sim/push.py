"""HTTP pushes as devices do them: a connection for each, nothing sent again, and an answer that counts or does not."""

import threading
from collections.abc import Callable
from concurrent.futures import Future as Pending
from concurrent.futures import ThreadPoolExecutor, wait
from urllib.parse import urlsplit

import httpx

from firmware_sim.devices.wire import Wire
from firmware_sim.errors import DoorAwayError, HttpUrlError

_AT_ONCE = 8
_PATIENCE_S = 30.0

Answered = Callable[[int | None], None]
"""Called with the status of the answer, None where none came: then nobody knows whether it was taken."""


def check_door(url: str) -> str:
    """Give http(s)://host[:port] back; anything else is an HttpUrlError."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise HttpUrlError(f"the URL to push to is {url!r}: write it as http://127.0.0.1:8000")
    return url


class Pushes:
    """Requests to one server, a few at a time; a bad URL is an HttpUrlError."""

    def __init__(self, base_url: str) -> None:
        self._url = check_door(base_url)
        self._away = self._reached = False
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(base_url=base_url, timeout=_PATIENCE_S, limits=limits)
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="push")
        self._open: set[Pending[None]] = set()
        self._lock = threading.Lock()

    def send(self, wire: Wire, answered: Answered) -> None:
        """Send a request when its turn comes; `answered` is called in another thread."""
        future = self._pool.submit(self._send, wire, answered)
        with self._lock:
            self._open.add(future)
        future.add_done_callback(self._forget)

    def check_hope(self) -> None:
        """Raise a DoorAwayError if there was nobody whenever something was pushed."""
        if self._away and not self._reached:
            raise DoorAwayError(f"nobody answers at {self._url}: is it running?")

    def drain(self, at_most_s: float) -> int:
        """Wait for the answers, and count those that did not come in time."""
        with self._lock:
            waiting = set(self._open)
        return len(wait(waiting, at_most_s).not_done)

    def close(self) -> None:
        """End without asking further."""
        self._pool.shutdown(cancel_futures=True)
        self._client.close()

    def _send(self, wire: Wire, answered: Answered) -> None:
        try:
            answer = self._client.request(wire.method, wire.topic, content=wire.payload, headers=list(wire.headers))
        except httpx.ConnectError:
            self._away = True
            answered(0)  # nobody there: it was certainly not taken
        except httpx.HTTPError:
            self._reached = True
            answered(None)
        else:
            self._reached = True
            answered(answer.status_code)

    def _forget(self, future: Pending[None]) -> None:
        with self._lock:
            self._open.discard(future)
