"""The HTTP door: what devices push goes through the same pipeline as what they publish, answered after the commit.

Tokens and passwords stand in paths and queries here: no path is ever logged, and what a format sees has them blanked.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil
from time import monotonic

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.answers import Answers, Denial, as_problem, as_text, as_weather_underground
from ingest.keys import Keys
from ingest.mailbox import Mailbox, NotStoredError
from ingest.message import MAX_PAYLOAD, Message
from ingest.rate import RateLimit
from ingest.secrets import strip_secrets
from storage.errors import DatabaseAwayError

INTERVAL_S, BURST = 2.0, 30
"""A station may send a message every 2 s on average, 30 at once (docs/payload.md)."""

RETRY_AFTER = 30  # [s]; about as long as a database takes to come back

_PASSED_ON = ("content-type", "user-agent", "x-sensor")
"""Headers that a format may look at; the others are no business of ours."""

_TOO_LARGE = Denial(413, f"The message has more than {MAX_PAYLOAD} bytes: send less at once.")
_WRONG_KEY = Denial(401, "No station has this key: see the lines that were shown when the station was registered.")
_AWAY = Denial(503, "The message was not stored: send it again later.", RETRY_AFTER)
_OUR_FAULT = Denial(500, "Something went wrong on our side. It was logged.")

log = structlog.get_logger()


class _DeniedError(Exception):
    """The message is not taken."""

    def __init__(self, denial: Denial) -> None:
        super().__init__(denial.detail)
        self.denial = denial


@dataclass(frozen=True, slots=True)
class _Knock:
    """A request at one of the paths: who it says it is from, and what the message is."""

    request: Request
    whose: Callable[[], str | None]  # looks in the database
    compose: Callable[[str, bytes], Message]  # of station and body
    answers: Answers


class Door:
    """The paths for devices; `headers` go on the answers of /v1."""

    def __init__(
        self, keys: Keys, mailbox: Mailbox, *, interval_s: float = INTERVAL_S, burst: int = BURST,
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self._keys = keys
        self._mailbox = mailbox
        self._interval_s = interval_s
        self._rate = RateLimit(interval_s=interval_s, burst=burst)
        self._text, self._wu, self._problem = as_text(), as_weather_underground(), as_problem(headers or {})

    def routes(self) -> Sequence[Route]:
        """Give the routes, to stand before those of an application that may have wider ones."""
        both = ["GET", "POST"]
        routes = [
            Route("/in/{token}", self._push, methods=both),
            Route("/in/{token}/{rest:path}", self._push, methods=both),
            Route("/weatherstation/updateweatherstation.php", self._weather_underground, methods=both),
            Route("/v1/stations/{station_id}/obs", self._obs, methods=["POST"]),
        ]
        for route in routes:
            (route.methods or set()).discard("HEAD")  # Starlette adds it to GET, and looking must not store anything
        return routes

    async def _push(self, request: Request) -> Response:
        """Take what a device sends to /in/<token>/<anything>."""
        token, rest = request.path_params["token"], request.path_params.get("rest", "")

        def compose(station_id: str, body: bytes) -> Message:
            name = re.split(r"[?&=]", rest, maxsplit=1)[0][:100] or "push"
            return _message(request, station_id, f"in/{station_id}/{name}", f"/in/{rest}", body)

        return await self._receive(_Knock(request, lambda: self._keys.station_of_token(token), compose, self._text))

    async def _weather_underground(self, request: Request) -> Response:
        """Take what a console sends to the path of Weather Underground, `ID` and `PASSWORD` in the query."""
        query = {name.upper(): value for name, value in request.query_params.items()}
        name, secret = query.get("ID", ""), query.get("PASSWORD", "")

        def whose() -> str | None:
            return name if self._keys.fits(name, secret) else None

        def compose(station_id: str, body: bytes) -> Message:
            return _message(request, station_id, f"in/{station_id}/updateweatherstation.php", request.url.path, body)

        return await self._receive(_Knock(request, whose, compose, self._wu))

    async def _obs(self, request: Request) -> Response:
        """Take a native message (docs/payload.md) with the station's token as Bearer."""
        name = request.path_params["station_id"]
        scheme, _, token = request.headers.get("authorization", "").partition(" ")

        def whose() -> str | None:
            owner = self._keys.station_of_token(token.strip()) if scheme.lower() == "bearer" else None
            return owner if owner == name else None

        def compose(station_id: str, body: bytes) -> Message:
            return Message("http", f"aq/1/{station_id}/obs", body, datetime.now(UTC), station_id=station_id)

        return await self._receive(_Knock(request, whose, compose, self._problem))

    async def _receive(self, knock: _Knock) -> Response:
        """Take a message and answer after its commit; every refusal in the device's own words."""
        try:
            return knock.answers.taken(await self._store(knock))
        except _DeniedError as error:
            denial = error.denial
        except (NotStoredError, DatabaseAwayError) as error:
            log.warning("http_message_refused", reason=type(error).__name__)
            denial = _AWAY
        except ClientDisconnect:
            denial = Denial(400, "The message did not arrive whole.")
        except Exception:  # outermost: further out the path would be logged, and the token with it
            log.exception("http_door_failed")
            denial = _OUR_FAULT
        return knock.answers.denied(denial)

    async def _store(self, knock: _Knock) -> Message:
        station_id = await run_in_threadpool(knock.whose)
        if station_id is None:
            raise _DeniedError(_WRONG_KEY)
        wait = self._rate.wait(station_id, monotonic())
        if wait > 0:
            detail = f"At most one message every {self._interval_s:g} s on average: send several readings in one."
            raise _DeniedError(Denial(HTTPStatus.TOO_MANY_REQUESTS, detail, ceil(wait)))
        message = knock.compose(station_id, await _body(knock.request))
        await asyncio.wrap_future(self._mailbox.put(message))
        return message


async def _body(request: Request) -> bytes:
    """Read the body, and no more of it than a message may have."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MAX_PAYLOAD:
        raise _DeniedError(_TOO_LARGE)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_PAYLOAD:
            raise _DeniedError(_TOO_LARGE)
    return bytes(body)


def _message(request: Request, station_id: str, topic: str, path: str, body: bytes) -> Message:
    """Make a device's message; where it has no body, the request line is what it sent (docs/payload.md).

    `path` is decoded (some consoles send their `?` as %3F) and without the token; secrets in it and the query go.
    """
    query = request.scope["query_string"]
    target = strip_secrets(path.encode("utf-8", "replace") + (b"?" + query if query else b""))
    return Message(
        "http",
        topic,
        body or request.method.encode() + b" " + target,
        datetime.now(UTC),
        station_id=station_id,
        path=target.decode("utf-8", "replace"),
        headers=Headers({name: request.headers[name] for name in _PASSED_ON if name in request.headers}),
    )
