"""Claim a device whose topic names the device alone, for a station: in the table and on the broker, or in neither."""

from datetime import datetime

import psycopg

import storage.audit
import storage.claims
import storage.events
import storage.stations
from ingest.fixed_topics import Device, device
from luchtbrug.broker.mosquitto import control, role_commands
from luchtbrug.settings import Settings
from storage.audit import OWNER, Actor

_ALL = 1_000_000


def claim(
    conn: psycopg.Connection, settings: Settings, station_id: str, *, format_name: str, serial: str, now: datetime,
    actor: Actor | str = OWNER,
) -> Device:  # fmt: skip
    """Give a device to a station; who asks has shown the station's token. The caller commits.

    Raises ingest.fixed_topics.SerialError, storage.errors.DeviceClaimedError (the first one has it until he releases
    it) and StationUnknownError, and what `control` raises: then nothing is to be committed.
    """
    found = device(format_name, serial)
    storage.claims.claim_device(conn, station_id, format_name=found.format_name, serial=found.serial, at=now)
    _tell(conn, settings, station_id, "device_claimed", format_name, now)
    _note(conn, actor, "station.device_claimed", station_id, now)
    return found


def release(
    conn: psycopg.Connection, settings: Settings, station_id: str, *, format_name: str, serial: str, now: datetime,
    actor: Actor | str = OWNER,
) -> bool:  # fmt: skip
    """Take a device from its station, so that another can claim it; False where it was not this station's."""
    found = device(format_name, serial)
    if not storage.claims.release_device(conn, station_id, format_name=found.format_name, serial=found.serial):
        return False
    _tell(conn, settings, station_id, "device_released", format_name, now)
    _note(conn, actor, "station.device_released", station_id, now)
    return True


def devices_of(conn: psycopg.Connection, station_id: str) -> list[Device]:
    """List the devices that a station has."""
    return [Device(each.format, each.serial) for each in storage.claims.list_claims(conn, station_id)]


def devices_by_station(conn: psycopg.Connection) -> dict[str, list[Device]]:
    """List every active station with the devices that it has: what each of them is to be allowed on the broker."""
    found: dict[str, list[Device]] = {row.station_id: [] for row in storage.stations.list_stations(conn, limit=_ALL)}
    for each in storage.claims.list_claims(conn):
        found.setdefault(each.station_id, []).append(Device(each.format, each.serial))
    return found


def _tell(
    conn: psycopg.Connection, settings: Settings, station_id: str, kind: str, format_name: str, now: datetime
) -> None:
    """Record the change, and give Mosquitto the station's rights anew; the embedded broker looks into the table."""
    storage.events.record(conn, kind, time=now, station_id=station_id, detail={"format": format_name})
    if settings.mqtt_admin_url is not None and not settings.embedded_broker:
        commands = role_commands(station_id, devices_of(conn, station_id))
        control(settings.mqtt_admin_url.get_secret_value(), commands)


def _note(conn: psycopg.Connection, actor: Actor | str, action: str, station_id: str, now: datetime) -> None:
    storage.audit.record(conn, actor, action, f"station {station_id}", time=now)
