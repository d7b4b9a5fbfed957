"""What an owner does with a station that it has: new keys, a new owner, a report of what changed, an end."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

import msgspec
import psycopg
from starlette.requests import Request
from starlette.routing import Route

from ingest.fixed_topics import SerialError
from luchtbrug import claiming
from luchtbrug.owner import ownership
from luchtbrug.owner.desk import DeniedError, Desk, Done, opened_by_owner, opened_by_station, parsed
from luchtbrug.owner.registration import WRITTEN, Height, Latitude, Longitude, Text
from luchtbrug.setup_lines import DEVICES, setup_lines
from storage.errors import DeviceClaimedError

Note = Annotated[str, msgspec.Meta(max_length=200, pattern=WRITTEN)]


class EventBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What an owner reports; a move comes with its new position, another sensor with its name."""

    kind: Literal["paused", "resumed", "hardware_changed", "moved"]
    text: Note = ""
    sensor: Text | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    height_m: Height | None = None


class CredentialsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Which keys are made anew: the station's always, the owner's token where it is asked for."""

    owner_token: bool = False
    device: str | None = None


class DeviceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A device whose topic names the device alone, as its owner reads it off."""

    format: Annotated[str, msgspec.Meta(max_length=40)]
    serial: Annotated[str, msgspec.Meta(max_length=80)]


class Control:
    """The paths of a station's owner."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """Give the routes."""
        station = "/v1/stations/{station_id}"
        return [
            self._desk.route(f"{station}/events", "POST", self._report),
            self._desk.route(f"{station}/credentials", "POST", self._rotate),
            self._desk.route(f"{station}/transfers", "POST", self._transfer),
            self._desk.route(f"{station}/devices", "POST", self._claim_device),
            self._desk.route(f"{station}/devices", "DELETE", self._release_device),
        ]

    def _rotate(self, request: Request, body: bytes) -> Done:
        """Make new keys and show them once, with the lines that they are entered by."""
        now = datetime.now(UTC)
        with self._desk.connected() as conn:
            station = opened_by_owner(request, conn)
            asked = parsed(body or b"{}", CredentialsBody)
            if asked.device is not None and asked.device not in DEVICES:
                raise DeniedError(400, f"device '{asked.device:.40}' is none of {', '.join(DEVICES)}.")
            told: dict[str, Any] = {"stationId": station.station_id}
            if asked.owner_token and station.owner_key is not None:
                told["ownerToken"] = ownership.renew_owner_token(conn, station.owner_key, now)
            new = ownership.rotate(conn, self._desk.settings, station.station_id, now)
        shown = ownership.rotated(station.station_id, new)
        told |= {"mqttUser": shown.mqtt_user, "mqttPassword": new.mqtt_password, "httpToken": new.http_token}
        told["setup"] = setup_lines(shown, self._desk.address(request), asked.device)
        return Done(HTTPStatus.CREATED, told)

    def _transfer(self, request: Request, _body: bytes) -> Done:
        """Make the code that the new owner enters; until then nothing changes."""
        with self._desk.connected() as conn:
            station = opened_by_owner(request, conn)
            code, expires_at = ownership.offer_station(conn, station.station_id, "transfer", datetime.now(UTC))
        return Done(HTTPStatus.CREATED, {"stationId": station.station_id, "code": code, "expiresAt": expires_at})

    def _claim_device(self, request: Request, body: bytes) -> Done:
        """Give the station a device that publishes on a topic of its own."""
        station_id = self._change_device(request, body, claiming.claim)
        return Done(HTTPStatus.CREATED, {"stationId": station_id})

    def _release_device(self, request: Request, body: bytes) -> Done:
        """Take a device from the station; one that it does not have stays where it is."""
        self._change_device(request, body, claiming.release)
        return Done(HTTPStatus.NO_CONTENT)

    def _change_device(self, request: Request, body: bytes, change: Callable[..., object]) -> str:
        with self._desk.connected() as conn:
            station_id = opened_by_owner(request, conn).station_id
            asked, settings, now = parsed(body, DeviceBody), self._desk.settings, datetime.now(UTC)
            try:
                change(conn, settings, station_id, format_name=asked.format, serial=asked.serial, now=now)
            except SerialError as error:
                raise DeniedError(400, f"{error}.") from error
            except DeviceClaimedError as error:
                raise DeniedError(409, f"{error}.") from error
        return station_id

    def _report(self, request: Request, body: bytes) -> Done:
        now = datetime.now(UTC)
        with self._desk.connected() as conn:
            station = opened_by_station(request, conn)
            event = parsed(body, EventBody)
            told: dict[str, Any] = {"stationId": station.station_id, "kind": event.kind, "time": now}
            told |= self._moved(conn, request, event)
            ownership.report(conn, station.station_id, event.kind, text=event.text, sensor=event.sensor, now=now)
        return Done(HTTPStatus.CREATED, told)

    def _moved(self, conn: psycopg.Connection, request: Request, event: EventBody) -> dict[str, float]:
        """Displace the new position of a move; refuse a move to nowhere and a position without a move."""
        if event.kind != "moved" and event.latitude is event.longitude is event.height_m is None:
            return {}
        if event.kind != "moved" or event.latitude is None or event.longitude is None:
            raise DeniedError(400, "latitude and longitude go with kind 'moved', both, and with no other kind.")
        station_id = opened_by_owner(request, conn).station_id  # a token that a device sends in clear moves nothing
        exact = (event.latitude, event.longitude)
        latitude, longitude = ownership.move(conn, self._desk.settings, station_id, exact, event.height_m)
        return {"latitude": latitude, "longitude": longitude}
