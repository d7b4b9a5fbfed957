"""The desk where owners' requests are taken: a small body in, the act in a thread, an answer or a problem out.

Secrets stand in headers and bodies only, and neither is ever logged. Tokens are compared as hashes, in constant time.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Any, TypeVar

import msgspec
import psycopg
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

import storage.owners
from api.household import household
from api.keys import PREFIX
from ingest.answers import Denial, as_problem
from ingest.rate import RateLimit
from luchtbrug.broker.mosquitto import BrokerAwayError, BrokerRefusedError
from luchtbrug.credentials import hash_token
from luchtbrug.mail import MailAwayError
from luchtbrug.owner.ownership import BrokerUnsetError
from luchtbrug.sealing import SealError
from luchtbrug.settings import Settings
from luchtbrug.setup_lines import Address
from storage.connection import away_when_lost, connect
from storage.errors import DatabaseAwayError
from storage.owners import StationKeys

BODY_MAX = 4096
"""The largest body of these requests [bytes]."""

_EACH, _SCARCE = (1.0, 60), (60.0, 10)
"""Interval [s] and burst of one address: all these requests; those that make stations, take codes, send mail."""

_LONGEST_TOKEN = 200  # [characters]

_AWAY = (DatabaseAwayError, BrokerAwayError, BrokerRefusedError, BrokerUnsetError, MailAwayError, SealError)

log = structlog.get_logger()

_Body = TypeVar("_Body")


class DeniedError(Exception):
    """The request is not carried out."""

    def __init__(self, status: int, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.denial = Denial(status, detail, retry_after)


@dataclass(frozen=True, slots=True)
class Done:
    """What is answered when it went well."""

    status: int
    body: Mapping[str, Any] | None = None
    location: str | None = None


class Desk:
    """What all of these paths share; `headers` go on every answer."""

    def __init__(self, settings: Settings, database_url: str, headers: Mapping[str, str]) -> None:
        self.settings = settings
        self.headers = {**headers, "Cache-Control": "no-store"}
        self.database_url = database_url
        self._problems = as_problem(headers)
        self._each = RateLimit(interval_s=_EACH[0], burst=_EACH[1])
        self._scarce = RateLimit(interval_s=_SCARCE[0], burst=_SCARCE[1])

    def route(self, path: str, method: str, act: Callable[[Request, bytes], Done]) -> Route:
        """Give the route of an act that is done in a thread."""

        async def endpoint(request: Request) -> Response:
            return await self.answer(request, lambda body: act(request, body))

        return Route(path, endpoint, methods=[method])

    async def answer(self, request: Request, act: Callable[[bytes], Done]) -> Response:
        """Read a small body, act in a thread, and turn whatever goes wrong into a problem."""
        try:
            self.count_each(request)
            done = await run_in_threadpool(act, await _body(request))
        except DeniedError as error:
            return self.denied(error.denial)
        except _AWAY as error:
            log.warning("owner_desk_away", error=type(error).__name__)
            return self.denied(
                Denial(503, "Nothing was changed: something that it needs is away. Try again later.", 30)
            )
        except ClientDisconnect:
            return self.denied(Denial(400, "The request did not arrive whole."))
        headers = {**self.headers, **({"Location": done.location} if done.location else {})}
        content = b"" if done.body is None else msgspec.json.encode(done.body)
        return Response(content, done.status, headers, "application/json" if content else None)

    def denied(self, denial: Denial) -> Response:
        """Answer with a problem."""
        return self._problems.denied(denial)

    def count_each(self, request: Request) -> None:
        """Count a request of which one address may make many; DeniedError for one too many."""
        self._count(self._each, request)

    def count_scarce(self, request: Request) -> None:
        """Count a request of which one address may make few; DeniedError for one too many."""
        self._count(self._scarce, request)

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection]:
        """Lend a connection of its own that commits at the end; DatabaseAwayError when there is none."""
        with away_when_lost(), connect(self.database_url) as conn:
            yield conn

    def address(self, request: Request) -> Address:
        """Tell where stations find the platform."""
        return Address.of(self.settings, self.settings.base_url or str(request.base_url))

    def _count(self, rate: RateLimit, request: Request) -> None:
        wait = rate.wait(caller(request), monotonic())
        if wait > 0:
            raise DeniedError(429, "Too many requests from one address.", ceil(wait))


def parsed(body: bytes, kind: type[_Body]) -> _Body:
    """Read a body; what is wrong with it is said with the field's name."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DeniedError(400, f"The body cannot be used: {error}.") from error


def opened_by_owner(request: Request, conn: psycopg.Connection) -> StationKeys:
    """Give the station of the path, if the Bearer token is its owner's; else 401.

    A device that cannot do TLS sends its own token in clear, so that one is not enough to give a station away. It is
    where there is no owner's token, as of stations of an older release.
    """
    keys, token_hash = _asked(request, conn)
    if keys is not None and token_hash is not None:
        wanted = keys.owner_token_hash or keys.station_token_hash
        if hmac.compare_digest(wanted, token_hash):
            return keys
    raise DeniedError(401, "This needs the owner's token: Authorization: Bearer and the token that was shown once.")


def opened_by_station(request: Request, conn: psycopg.Connection) -> StationKeys:
    """Give the station of the path, if the Bearer token is its own or its owner's; else 401."""
    keys, token_hash = _asked(request, conn)
    if keys is not None and token_hash is not None:
        fits = [
            hmac.compare_digest(each or "", token_hash) for each in (keys.station_token_hash, keys.owner_token_hash)
        ]
        if any(fits):
            return keys
    raise DeniedError(401, "This needs the station's token or its owner's: Authorization: Bearer and the token.")


def asking_owner(request: Request, conn: psycopg.Connection) -> int | None:
    """Give the owner of the Bearer token, None without one; 401 for one that is nobody's."""
    token = _bearer(request)
    if token is None or token.startswith(PREFIX):  # an API key says what may be done, not whose it will be
        return None
    owner_key = storage.owners.owner_of_token(conn, hash_token(token))
    if owner_key is None:
        raise DeniedError(401, "This token is no owner's: leave it out, or write the one that was shown once.")
    return owner_key


def _asked(request: Request, conn: psycopg.Connection) -> tuple[StationKeys | None, str | None]:
    name, token = str(request.path_params["station_id"]), _bearer(request)
    known = name.isascii() and name.isprintable()
    return storage.owners.keys_of_station(conn, name) if known else None, hash_token(token) if token else None


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and 0 < len(token) <= _LONGEST_TOKEN else None


def caller(request: Request) -> str:
    """Give the address that a request counts for."""
    return household(request.client.host if request.client else "")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MAX:
            raise DeniedError(413, f"The body has more than {BODY_MAX} bytes.")
    return bytes(body)
