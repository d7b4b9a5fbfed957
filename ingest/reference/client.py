"""A polite HTTP client for reference networks: paced, patient, bounded; it never follows a network beyond its limits.

Waiting is done through an injected `sleep` and measured with an injected `clock`, jitter is drawn from an injected
generator: a service passes its stop event's `wait`, a test passes a list's `append`.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self, TypeVar

import httpx
import msgspec
import numpy as np

from ingest.reference.errors import (
    AccessRefusedError,
    RateLimitedError,
    ReferenceAwayError,
    ReferenceMissingError,
    ReferenceShapeError,
)

T = TypeVar("T")
Params = Mapping[str, str | int | float | bool]
USER_AGENT = "luchtbrug (citizen-science air quality)"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a network allows, and how much patience it gets."""

    requests: int  # at most so many ...
    per_s: float  # ... in any stretch of this length [s]
    timeout_s: float = 20.0  # to connect, and between two parts of an answer [s]
    answer_s: float = 120.0  # for one whole answer, so that a trickle does not hold us [s]
    largest_body: int = 20_000_000  # an answer of 1,000 rows is about 1 MB [bytes]
    attempts: int = 5
    first_wait_s: float = 1.0  # doubled at each attempt [s]
    longest_wait_s: float = 120.0  # told to wait longer than this, we give up and come back at the next run [s]


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock [s, monotonic], the way to wait [s] and the source of jitter."""

    clock: Callable[[], float]
    sleep: Callable[[float], object]
    rng: np.random.Generator


class Client:
    """Asks one network, one question at a time."""

    def __init__(
        self,
        base_url: str,
        limits: Limits,
        timing: Timing,
        *,
        headers: Mapping[str, str] | None = None,
        redirects: bool = False,
    ) -> None:
        # Redirects are off where a key is sent: httpx would carry a custom header on to the other host.
        self._http = httpx.Client(
            base_url=base_url,
            timeout=limits.timeout_s,
            headers={"user-agent": USER_AGENT, "accept": "application/json", **(headers or {})},
            follow_redirects=redirects,
            max_redirects=3,
        )
        self._host = self._http.base_url.netloc.decode()  # without a user or password that the address may hold
        self._limits = limits
        self._timing = timing
        self._asked: deque[float] = deque(maxlen=limits.requests)
        self._not_before = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, params: Params, shape: type[T]) -> T:
        """Ask for `path` and decode the JSON into `shape`.

        A network that is away, cuts its answer short or limits us is asked again up to `attempts` times, after a
        doubling wait with jitter or the wait it names; then ReferenceAwayError or RateLimitedError. An answer of
        another shape, too large, or a refusal is raised at once: ReferenceShapeError, AccessRefusedError,
        ReferenceMissingError.
        """
        attempt = 0
        while True:
            attempt += 1
            self._wait_for_turn()
            try:
                return _decode(self._ask(path, params), shape, path)
            except ReferenceAwayError as error:
                wait = self._wait_after(attempt, error)
                if attempt >= self._limits.attempts or wait > self._limits.longest_wait_s:
                    raise
            self._timing.sleep(wait)

    def _wait_for_turn(self) -> None:
        now = self._timing.clock()
        turn = max(now, self._not_before)
        if len(self._asked) == self._limits.requests:
            turn = max(turn, self._asked[0] + self._limits.per_s)
        if turn - now > max(self._limits.per_s, self._limits.longest_wait_s):
            raise RateLimitedError(f"{self._host} wants no question for {turn - now:.0f} s", turn - now)
        if turn > now:
            self._timing.sleep(turn - now)
        self._asked.append(turn)

    def _ask(self, path: str, params: Params) -> bytes:
        try:
            with self._http.stream("GET", path, params=dict(params)) as response:
                self._note_allowance(response)
                _refuse_status(response, path)
                return self._read(response, path)
        except httpx.TransportError as error:
            raise ReferenceAwayError(f"{self._host}/{path}: {type(error).__name__} {error}") from error
        except (httpx.TooManyRedirects, httpx.DecodingError) as error:
            raise ReferenceShapeError(f"{self._host}/{path}: {error}") from error

    def _read(self, response: httpx.Response, path: str) -> bytes:
        began = self._timing.clock()
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > self._limits.largest_body:
                raise ReferenceShapeError(f"{path}: expected at most {self._limits.largest_body} bytes, found more")
            if self._timing.clock() - began > self._limits.answer_s:
                raise ReferenceAwayError(f"{path}: the answer took more than {self._limits.answer_s:.0f} s")
        return bytes(body)

    def _note_allowance(self, response: httpx.Response) -> None:
        """Hold the next question back when the network says that nothing is left (OpenAQ's x-ratelimit-* headers)."""
        if response.headers.get("x-ratelimit-remaining") == "0":
            reset = _seconds(response.headers.get("x-ratelimit-reset")) or 0.0
            self._not_before = self._timing.clock() + reset

    def _wait_after(self, attempt: int, error: ReferenceAwayError) -> float:
        backoff = self._limits.first_wait_s * 2.0 ** (attempt - 1)
        jitter = float(self._timing.rng.uniform(0.5, 1.0))
        if isinstance(error, RateLimitedError) and error.retry_after_s is not None:
            return error.retry_after_s + self._limits.first_wait_s * jitter
        return min(backoff, self._limits.longest_wait_s) * jitter


def _refuse_status(response: httpx.Response, path: str) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    message = f"{path}: expected status 200, found {status}"
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise RateLimitedError(message, _retry_after(response.headers))
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        raise ReferenceAwayError(message)
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise AccessRefusedError(message)
    if status == httpx.codes.NOT_FOUND:
        raise ReferenceMissingError(message)
    raise ReferenceShapeError(message)


def _decode(body: bytes, shape: type[T], path: str) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:  # says what was expected, what was found, and where
        raise ReferenceShapeError(f"{path}: {error}; the answer begins {_excerpt(body)}") from error
    except msgspec.DecodeError as error:  # cut short, or a proxy's page: worth another try
        raise ReferenceAwayError(f"{path}: expected JSON, found {_excerpt(body)} ({error})") from error


def _excerpt(body: bytes) -> str:
    return repr(body[:80].decode("utf-8", "replace"))


def _retry_after(headers: httpx.Headers) -> float | None:
    """Read how long to wait [s]: Retry-After in seconds or as a date, measured from the answer's own Date."""
    value = headers.get("retry-after")
    if value is None:
        return _seconds(headers.get("x-ratelimit-reset"))
    seconds = _seconds(value)
    if seconds is not None:
        return seconds
    until, now = _date(value), _date(headers.get("date"))
    return max(0.0, (until - now).total_seconds()) if until and now else None


def _seconds(value: str | None) -> float | None:
    return float(value) if value is not None and value.isascii() and value.isdigit() else None


def _date(value: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date else None  # HTTP dates are GMT, whatever zone they are written with
