"""Stations register, report a change and leave over the API: what an owner does without asking anybody.

Registration is closed unless the operator opens it. Whatever comes after it needs the station's token, shown once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil
from time import monotonic
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import psycopg
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

import storage.events
import storage.stations
from ingest.answers import Denial, as_problem
from ingest.formats import all_formats
from ingest.rate import RateLimit
from luchtbrug.broker.mosquitto import (
    BrokerAwayError,
    BrokerRefusedError,
    Command,
    control,
    removal_commands,
    station_commands,
)
from luchtbrug.credentials import displaced, hash_token
from luchtbrug.register import new_station_id, position_key, register
from luchtbrug.settings import Settings
from luchtbrug.setup_lines import setup_lines
from storage.connection import away_when_lost, connect
from storage.errors import DatabaseAwayError

BODY_MAX = 4096
"""The largest body of these requests [bytes]."""

_INTERVAL_S, _BURST = 60.0, 10  # registrations from one address

log = structlog.get_logger()

_Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
_Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
_Height = Annotated[float, msgspec.Meta(ge=-10, le=500)]
_Text = Annotated[str, msgspec.Meta(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class NewStationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What a registration says; position exact [degrees, WGS 84], never published; height above the ground [m]."""

    latitude: _Latitude
    longitude: _Longitude
    name: _Text = ""
    height_m: _Height | None = None
    format: str | None = None
    timezone: str = "UTC"
    project: _Text | None = None


class EventBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What an owner reports; a move comes with the new position."""

    kind: Literal["paused", "resumed", "hardware_changed", "moved"]
    note: _Text = ""
    latitude: _Latitude | None = None
    longitude: _Longitude | None = None
    height_m: _Height | None = None


_Body = TypeVar("_Body")


class _DeniedError(Exception):
    """The request is not carried out."""

    def __init__(self, status: int, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.denial = Denial(status, detail, retry_after)


@dataclass(frozen=True, slots=True)
class _Done:
    status: int
    body: Mapping[str, Any] | None = None
    location: str | None = None


class Onboarding:
    """The paths of /v1 that change stations; `headers` go on every answer."""

    def __init__(self, settings: Settings, database_url: str, headers: Mapping[str, str]) -> None:
        self._settings = settings
        self._database_url = database_url
        self._headers = headers
        self._rate = RateLimit(interval_s=_INTERVAL_S, burst=_BURST)

    def routes(self) -> list[Route]:
        """Give the routes, to stand before those of the API."""
        return [
            Route("/v1/stations", self._register, methods=["POST"]),
            Route("/v1/stations/{station_id}", self._withdraw, methods=["DELETE"]),
            Route("/v1/stations/{station_id}/events", self._report, methods=["POST"]),
        ]

    async def _register(self, request: Request) -> Response:
        return await self._answer(request, lambda body: self._add(request, body))

    async def _withdraw(self, request: Request) -> Response:
        return await self._answer(request, lambda _: self._remove(request))

    async def _report(self, request: Request) -> Response:
        return await self._answer(request, lambda body: self._note(request, body))

    async def _answer(self, request: Request, act: Callable[[bytes], _Done]) -> Response:
        """Read a small body, act in a thread, and turn whatever goes wrong into a problem."""
        try:
            done = await run_in_threadpool(act, await _body(request))
        except _DeniedError as error:
            denial = error.denial
        except (DatabaseAwayError, BrokerAwayError, BrokerRefusedError) as error:
            log.warning("onboarding_away", error=type(error).__name__)
            denial = Denial(503, "Nothing was changed: database or broker are away. Try again later.", 30)
        except ClientDisconnect:
            denial = Denial(400, "The request did not arrive whole.")
        else:
            headers = {**self._headers, "Cache-Control": "no-store"}
            if done.location:
                headers["Location"] = done.location
            content = b"" if done.body is None else msgspec.json.encode(done.body)
            return Response(content, done.status, headers, "application/json" if content else None)
        return as_problem(self._headers).denied(denial)

    def _add(self, request: Request, body: bytes) -> _Done:
        if self._settings.registration != "open":
            raise _DeniedError(403, "Registration is closed here: ask whoever runs this platform for a station.")
        wait = self._rate.wait(request.client.host if request.client else "", monotonic())
        if wait > 0:
            raise _DeniedError(429, "Too many stations from one address.", ceil(wait))
        asked = _checked(_parsed(body, NewStationBody))
        fields = msgspec.structs.asdict(asked)
        key, now = position_key(self._settings), datetime.now(UTC)
        with away_when_lost(), connect(self._database_url) as conn:
            new = register(conn, station_id=new_station_id(), position_key=key, now=now, **fields)
            self._tell_broker(station_commands(new.station_id, new.mqtt_password))
        base_url = self._settings.base_url or str(request.base_url)
        told = {
            "stationId": new.station_id, "mqttUser": new.mqtt_user, "mqttPassword": new.mqtt_password,
            "httpToken": new.http_token, "latitude": new.latitude, "longitude": new.longitude,
            "setup": setup_lines(new, base_url),
        }  # fmt: skip
        return _Done(HTTPStatus.CREATED, told, f"/v1/stations/{new.station_id}")

    def _remove(self, request: Request) -> _Done:
        now = datetime.now(UTC)
        with away_when_lost(), connect(self._database_url) as conn:
            station_id = _owned(request, conn)
            storage.stations.remove_station(conn, station_id, now)
            storage.events.record(conn, "station_removed", time=now, station_id=station_id)
            self._tell_broker(removal_commands(station_id))
        return _Done(HTTPStatus.NO_CONTENT)

    def _note(self, request: Request, body: bytes) -> _Done:
        now = datetime.now(UTC)
        with away_when_lost(), connect(self._database_url) as conn:
            station_id = _owned(request, conn)
            event = _parsed(body, EventBody)
            self._move(conn, station_id, event)
            kind, detail = f"station_{event.kind}", {"note": event.note} if event.note else {}
            storage.events.record(conn, kind, time=now, station_id=station_id, detail=detail)
        return _Done(HTTPStatus.CREATED, {"stationId": station_id, "kind": event.kind, "time": now})

    def _move(self, conn: psycopg.Connection, station_id: str, event: EventBody) -> None:
        """Displace the new position of a move; refuse a move to nowhere and a position without a move."""
        if event.kind != "moved" and event.latitude is event.longitude is event.height_m is None:
            return
        if event.kind != "moved" or event.latitude is None or event.longitude is None:
            raise _DeniedError(400, "latitude and longitude go with kind 'moved', both, and with no other kind.")
        exact, key = (event.latitude, event.longitude), position_key(self._settings)
        public = displaced(*exact, station_id=station_id, key=key)
        storage.stations.move_station(conn, station_id, exact=exact, public=public, height_m=event.height_m)

    def _tell_broker(self, commands: list[Command]) -> None:
        """Change the account on Mosquitto inside the transaction: when that fails, nothing is changed."""
        if self._settings.mqtt_admin_url is not None:
            control(self._settings.mqtt_admin_url.get_secret_value(), commands)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MAX:
            raise _DeniedError(413, f"The body has more than {BODY_MAX} bytes.")
    return bytes(body)


def _parsed(body: bytes, kind: type[_Body]) -> _Body:
    """Read a body; what is wrong with it is said with the field's name."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _DeniedError(400, f"The body cannot be used: {error}.") from error


def _checked(asked: NewStationBody) -> NewStationBody:
    """Refuse a format or time zone that nobody knows."""
    known = [each.NAME for each in all_formats()]
    if asked.format is not None and asked.format not in known:
        raise _DeniedError(
            400, f"format '{asked.format:.40}' is none of {', '.join(known)}; leave it out to be recognised."
        )
    try:
        ZoneInfo(asked.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _DeniedError(400, f"timezone '{asked.timezone:.40}' is unknown: write it as Europe/Amsterdam.") from error
    return asked


def _owned(request: Request, conn: psycopg.Connection) -> str:
    """Give the station of the path, if the Bearer token is its own; else 401."""
    name = str(request.path_params["station_id"])
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    owner = storage.stations.station_of_token(conn, hash_token(token.strip())) if scheme.lower() == "bearer" else None
    if owner is None or owner != name:
        raise _DeniedError(
            401, "This needs the token of the station: Authorization: Bearer and the token shown at its start."
        )
    return name
