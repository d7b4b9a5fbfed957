"""What changes who may speak for a station: the same acts for the API and the command. The caller commits.

The broker is told last, inside the transaction: where that fails, nothing is changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg

import storage.audit
import storage.events
import storage.owners
import storage.stations
from luchtbrug.broker.mosquitto import Command, control, password_commands, removal_commands
from luchtbrug.claiming import devices_of
from luchtbrug.credentials import hash_code, hash_token, new_credentials, new_token
from luchtbrug.displacement import cell_of, displaced, rounded
from luchtbrug.owner import receipts
from luchtbrug.owner.receipts import Receipt
from luchtbrug.register import CLAIM_FOR, Registered, offer, position_key
from luchtbrug.settings import Settings
from storage.audit import OWNER, Actor
from storage.errors import StorageError
from storage.owners import CodeKind

TRANSFER_FOR = timedelta(days=7)
"""How long a station that is given away waits for its new owner."""

Connection = psycopg.Connection[Any]

Readings = Literal["keep", "remove"]
"""What becomes of the measurements of a station that leaves: kept without its owner, or deleted."""


class CodeUnknownError(StorageError):
    """A code is wrong, used, or over."""


class BrokerUnsetError(Exception):
    """The broker has accounts of its own, and nobody told us its admin login: an old password would go on there."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What is shown once of a station's new keys."""

    station_id: str
    mqtt_password: str
    http_token: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A station that changed hands; `owner_token` is of an owner who had none, `keys` where they were made anew."""

    station_id: str
    owner_token: str | None
    keys: Keys | None
    receipt: Receipt | None = None


def rotate(conn: Connection, settings: Settings, station_id: str, now: datetime, *, actor: Actor | str = OWNER) -> Keys:
    """Give a station another password and token; the old ones are good for nothing from the commit on.

    Raises StationUnknownError, or BrokerUnsetError where the old password could not be withdrawn.
    """
    if settings.mqtt_url is not None and settings.mqtt_admin_url is None and not settings.embedded_broker:
        raise BrokerUnsetError("LUCHTBRUG_MQTT_ADMIN_URL is not set: the old password would stay good on the broker.")
    new = new_credentials()
    storage.owners.replace_credentials(
        conn, station_id, password_hash=new.password_hash, token_hash=new.token_hash, at=now
    )
    storage.events.record(conn, "credentials_rotated", time=now, station_id=station_id)
    tell_broker(settings, password_commands(station_id, new.password, devices_of(conn, station_id)))
    _note(conn, actor, "station.keys", station_id, now)
    return Keys(station_id, new.password, new.token)


def renew_owner_token(conn: Connection, owner_key: int, now: datetime) -> str:
    """Give an owner another token and return it."""
    token = new_token()
    storage.owners.replace_owner_token(conn, owner_key, hash_token(token), now)
    return token


def offer_station(
    conn: Connection, station_id: str, kind: CodeKind, now: datetime, *, actor: Actor | str = OWNER
) -> tuple[str, datetime]:
    """Make the code that gives a station away, and say until when it does. Raises StationUnknownError."""
    expires_at = now + (CLAIM_FOR if kind == "claim" else TRANSFER_FOR)
    code = offer(conn, station_id, kind, expires_at)
    _note(conn, actor, "station.offered", station_id, now, kind=kind)
    return code, expires_at


def take(
    conn: Connection, settings: Settings, code: str, now: datetime, *, owner_key: int | None, new_keys: bool | None,
    actor: Actor | str = OWNER,
) -> Taken:  # fmt: skip
    """Give the station of a code to an owner, or to a new one.

    A station that somebody had gets new keys unless `new_keys` says otherwise, as the old owner knows the old ones; one
    that was registered for its owner keeps those that were put into the device. Raises CodeUnknownError.
    """
    taken = storage.owners.take_code(conn, hash_code(code), now)
    if taken is None:
        raise CodeUnknownError("this code is wrong, was used, or is over: ask for another")
    token = None
    if owner_key is None:
        token = new_token()
        owner_key = storage.owners.add_owner(conn, hash_token(token))
    storage.owners.give_station(conn, taken.station_id, owner_key)
    if taken.owner_key not in (None, owner_key):
        storage.owners.forget_owner(conn, taken.owner_key)
    kind = "station_claimed" if taken.kind == "claim" else "station_transferred"
    storage.events.record(conn, kind, time=now, station_id=taken.station_id)
    receipt = receipts.of_transfer(conn, settings, taken.station_id, now) if taken.kind == "transfer" else None
    wanted = taken.kind == "transfer" if new_keys is None else new_keys
    keys = rotate(conn, settings, taken.station_id, now, actor=actor) if wanted else None
    _note(conn, actor, "station.taken", taken.station_id, now, kind=taken.kind)
    return Taken(taken.station_id, token, keys, receipt)


def move(
    conn: Connection, settings: Settings, station_id: str, exact: tuple[float, float], height_m: float | None
) -> tuple[float, float]:
    """Put a station elsewhere (latitude, longitude [degrees]) and return its public position.

    A move within a cell shows nothing: the public position stays. Raises StationUnknownError.
    """
    old, key = storage.stations.placed(conn, station_id), position_key(settings)
    if old.published:
        public = rounded(exact)
    elif cell_of((old.latitude, old.longitude), key=key) == cell_of(exact, key=key):
        public = (old.public_latitude, old.public_longitude)  # of an older release, too: a second draw tells more
    else:
        public = displaced(exact, station_id=station_id, key=key)
    storage.stations.move_station(conn, station_id, exact=exact, public=public, height_m=height_m)
    return public


def correct(conn: Connection, station_id: str, changed: Mapping[str, Any], now: datetime) -> None:
    """Correct what is known of a station, by the names of its columns. Raises StationUnknownError."""
    storage.stations.correct_station(conn, station_id, **changed)
    _note(conn, OWNER, "station.corrected", station_id, now, fields=sorted(changed))


def publish_exact(
    conn: Connection, settings: Settings, station_id: str, now: datetime, *, published: bool
) -> tuple[float, float]:
    """Publish a station's exact position, or no longer, and return its public one. Raises StationUnknownError.

    What was published once stays in what others took away, and in snapshots.
    """
    found = storage.stations.placed(conn, station_id)
    if published == found.published:
        return found.public_latitude, found.public_longitude
    exact = (found.latitude, found.longitude)
    key = position_key(settings)
    public = rounded(exact) if published else displaced(exact, station_id=station_id, key=key)
    storage.stations.publish_exact(conn, station_id, published=published, public=public)
    _note(conn, OWNER, "station.published", station_id, now, exact=published)
    return public


def report(
    conn: Connection, station_id: str, kind: str, *, text: str | None, sensor: str | None, now: datetime,
    actor: Actor | str = OWNER,
) -> None:  # fmt: skip
    """Write down what an owner did with a station (glossary: owner's event)."""
    detail = {"sensor": sensor, "text": text or None}
    storage.events.record(conn, kind, time=now, station_id=station_id, detail=detail)
    _note(conn, actor, f"station.{kind}", station_id, now, sensor=sensor)  # the text may name people, and stays out


def remove(
    conn: Connection, settings: Settings, station_id: str, now: datetime, *, readings: Readings = "keep",
    actor: Actor | str = OWNER,
) -> Receipt:  # fmt: skip
    """Withdraw a station, with everything that is personal or secret, and its measurements where that is wished.

    Raises StationUnknownError.
    """
    storage.stations.remove_station(conn, station_id, now)
    if readings == "keep":
        storage.events.record(conn, "station_removed", time=now, station_id=station_id)
        receipt = receipts.of_removal(conn, settings, station_id, None, now)
    else:
        removed = storage.stations.remove_measurements(conn, station_id, now)
        receipt = receipts.of_removal(conn, settings, station_id, removed, now)
    tell_broker(settings, removal_commands(station_id))
    _note(conn, actor, "station.removed", station_id, now, readings=readings)
    return receipt


def tell_broker(settings: Settings, commands: list[Command]) -> None:
    """Change accounts on Mosquitto; the embedded broker looks into the station table itself."""
    if settings.mqtt_admin_url is not None and not settings.embedded_broker:
        control(settings.mqtt_admin_url.get_secret_value(), commands)


def _note(conn: Connection, actor: Actor | str, action: str, station_id: str, now: datetime, **after: object) -> None:
    storage.audit.record(conn, actor, action, f"station {station_id}", time=now, after=after)


def rotated(station_id: str, keys: Keys) -> Registered:
    """Give new keys in the shape that the setup lines are filled in from."""
    return Registered(station_id, station_id, keys.mqtt_password, keys.http_token, 0.0, 0.0)
