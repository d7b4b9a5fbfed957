"""How a station gets its owner: somebody registers it, or enters the code of one that was registered for him."""

from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
import psycopg
from starlette.requests import Request
from starlette.routing import Route

from api.keys import holds
from api.time_zones import time_zones
from ingest.formats import all_formats
from ingest.sensor_models import MODELS
from luchtbrug.broker.mosquitto import station_commands
from luchtbrug.owner import ownership
from luchtbrug.owner.desk import DeniedError, Desk, Done, asking_owner, parsed
from luchtbrug.register import NewSensor, Registered, new_station_id, position_key, register, sensor_faults
from luchtbrug.setup_lines import DEVICES, setup_lines
from storage.audit import OWNER

Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Height = Annotated[float, msgspec.Meta(ge=-10, le=500)]
WRITTEN = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]*\Z"
"""Text without control characters, and without those that nobody sees and that turn the words around them about."""

Text = Annotated[str, msgspec.Meta(max_length=80, pattern=WRITTEN)]


class SensorBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A sensor of the station: its model, and what it measures where not all that the model can."""

    model: Text
    observed_properties: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] = ()


class NewStationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What a registration says; position exact [degrees, WGS 84], public only if asked; height above the ground [m]."""

    latitude: Latitude
    longitude: Longitude
    name: Text = ""
    height_m: Height | None = None
    exact_published: bool = False
    format: str | None = None
    timezone: str = "UTC"
    project: Text | None = None
    device: str | None = None
    sensors: Annotated[tuple[SensorBody, ...], msgspec.Meta(max_length=20)] = ()


class ClaimBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A one-time code; `new_credentials` None makes new keys of a station that somebody had, and of no other."""

    code: Annotated[str, msgspec.Meta(min_length=8, max_length=40)]
    new_credentials: bool | None = None
    device: str | None = None


class Registration:
    """The paths that make owners."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """Give the routes."""
        return [
            self._desk.route("/v1/stations", "POST", self._register),
            self._desk.route("/v1/claims", "POST", self._claim),
            self._desk.route("/v1/devices", "GET", self._devices),
            self._desk.route("/v1/sensor-models", "GET", self._sensor_models),
        ]

    def _register(self, request: Request, body: bytes) -> Done:
        """Make a station of the asking owner, or of a new one."""
        if self._desk.settings.registration != "open" and not holds(request.scope, "register"):
            raise DeniedError(403, "Registration is closed here: ask whoever runs this platform for a station.")
        self._desk.count_scarce(request)
        asked = _checked(parsed(body, NewStationBody))
        fields = msgspec.structs.asdict(asked)
        device, sensors = fields.pop("device"), _sensors(fields.pop("sensors"))
        key, now = position_key(self._desk.settings), datetime.now(UTC)
        with self._desk.connected() as conn:
            new = register(
                conn, station_id=new_station_id(), position_key=key, now=now, owner_key=asking_owner(request, conn),
                sensors=sensors, actor=OWNER, **fields,
            )  # fmt: skip
            ownership.tell_broker(self._desk.settings, station_commands(new.station_id, new.mqtt_password))
        told: dict[str, Any] = {"stationId": new.station_id}
        if new.owner_token is not None:
            told["ownerToken"] = new.owner_token
        told |= {**self.keys(request, new, device), "latitude": new.latitude, "longitude": new.longitude}
        return Done(HTTPStatus.CREATED, told, f"/v1/stations/{new.station_id}")

    def _claim(self, request: Request, body: bytes) -> Done:
        """Give a station to whoever enters its code."""
        self._desk.count_scarce(request)
        asked, now = parsed(body, ClaimBody), datetime.now(UTC)
        _known_device(asked.device)
        with self._desk.connected() as conn:
            taken = self._take(conn, request, asked, now)
        told: dict[str, Any] = {"stationId": taken.station_id}
        if taken.owner_token is not None:
            told["ownerToken"] = taken.owner_token
        if taken.keys is not None:
            told |= self.keys(request, ownership.rotated(taken.station_id, taken.keys), asked.device)
        if taken.receipt is not None:
            told["receipt"] = taken.receipt.as_dict()
        return Done(HTTPStatus.CREATED, told, f"/v1/stations/{taken.station_id}")

    def _take(self, conn: psycopg.Connection, request: Request, asked: ClaimBody, now: datetime) -> ownership.Taken:
        owner_key = asking_owner(request, conn)
        try:
            return ownership.take(
                conn, self._desk.settings, asked.code, now, owner_key=owner_key, new_keys=asked.new_credentials
            )
        except ownership.CodeUnknownError as error:
            conn.commit()  # a code that was over is used up all the same
            raise DeniedError(404, f"Nothing was changed: {error}.") from error

    def keys(self, request: Request, new: Registered, device: str | None) -> dict[str, Any]:
        """Say what the owner enters, once."""
        return {
            "mqttUser": new.mqtt_user,
            "mqttPassword": new.mqtt_password,
            "httpToken": new.http_token,
            "setup": setup_lines(new, self._desk.address(request), device),
        }

    def _devices(self, _request: Request, _body: bytes) -> Done:
        """List the devices that there are lines for."""
        items = [
            {"device": name, "title": each.title, "way": each.way, "checked": each.checked}
            for name, each in DEVICES.items()
        ]
        return Done(HTTPStatus.OK, {"items": items})

    def _sensor_models(self, _request: Request, _body: bytes) -> Done:
        """List the sensor models that a registration can name."""
        items = [{"sensorModel": name, "observedProperties": measured} for name, measured in sorted(MODELS.items())]
        return Done(HTTPStatus.OK, {"items": items})


def _checked(asked: NewStationBody) -> NewStationBody:
    """Refuse a format, time zone, device or sensor that nobody knows; all of them are said at once."""
    faults = [*setting_faults(asked.format, asked.timezone), *_device_faults(asked.device)]
    faults += sensor_faults(_sensors(asked.sensors))
    if faults:
        raise DeniedError(400, " ".join(faults))
    return asked


def setting_faults(name: str | None, timezone: str | None) -> list[str]:
    """Say what is wrong with a format and a time zone."""
    known = [each.NAME for each in all_formats()]
    faults: list[str] = []
    if name is not None and name not in known:
        faults.append(f"format '{name:.40}' is none of {', '.join(known)}; leave it out to be recognised.")
    if timezone is not None and timezone not in time_zones():
        faults.append(f"timezone '{timezone:.40}' is unknown: write it as Europe/Amsterdam.")
    return faults


def _sensors(told: Iterable[SensorBody]) -> list[NewSensor]:
    return [NewSensor(each.model, each.observed_properties) for each in told]


def _device_faults(device: str | None) -> list[str]:
    if device is None or device in DEVICES:
        return []
    return [f"device '{device:.40}' is none of {', '.join(DEVICES)}; leave it out to see all lines."]


def _known_device(device: str | None) -> None:
    for fault in _device_faults(device):
        raise DeniedError(400, fault)
