"""What `luchtbrug resync` does: the accounts of Mosquitto become what the station table says."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg
import typer

import storage.audit
import storage.events
import storage.stations
from luchtbrug.broker import resync as broker
from luchtbrug.broker.mosquitto import Command, control, station_commands
from luchtbrug.claiming import devices_by_station
from luchtbrug.credentials import hash_password, new_credentials
from luchtbrug.database import open_schema
from luchtbrug.settings import Settings, SettingsError
from storage.audit import COMMAND
from storage.connection import connect

_AT_ONCE = 200
"""Commands in one message: 0.5 kB each, and mosquitto.conf takes no message of more than 256 KiB."""

_REGISTERING_S = 2.0
"""A station that is registered this moment has its account before it stands in the table [s]."""


def resync(settings: Settings, *, new_passwords: bool, as_json: bool) -> bool:
    """Repair the differences between table and broker; whether nothing is left to be done.

    An account that the broker has lost cannot come back with its password, of which the table has a hash alone: such
    stations are named, or with `new_passwords` get a new one, printed once.
    """
    if settings.mqtt_admin_url is None:
        raise SettingsError("LUCHTBRUG_MQTT_ADMIN_URL is not set: only Mosquitto has accounts of its own.")
    admin_url = settings.mqtt_admin_url.get_secret_value()
    with open_schema(settings) as url, connect(url) as conn:
        held = broker.held_by(admin_url)
        stations = _stations(conn)
        found = broker.difference(held, stations)
        if found.strangers:
            time.sleep(_REGISTERING_S)
            stations = _stations(conn)
            found = broker.difference(held, stations)
        _send(admin_url, broker.removals(found.strangers))
        _send(admin_url, broker.corrections(found.altered, stations, held))
        passwords = _rearmed(conn, admin_url, found.missing, stations) if new_passwords else {}
    typer.echo(_as_json(found, passwords) if as_json else _as_text(found, passwords))
    return len(passwords) == len(found.missing)


def _stations(conn: psycopg.Connection) -> broker.Stations:
    found = devices_by_station(conn)
    conn.commit()  # the next look must see what was committed meanwhile
    return found


def _rearmed(
    conn: psycopg.Connection, admin_url: str, missing: Sequence[str], stations: broker.Stations
) -> dict[str, str]:
    """Give stations an account with a new password, one by one: where the broker fails, the old hash stays."""
    passwords = {}
    for name in missing:
        password = new_credentials().password
        storage.stations.set_password_hash(conn, name, hash_password(password))
        storage.events.record(conn, "password_replaced", time=datetime.now(UTC), station_id=name)
        control(admin_url, station_commands(name, password, stations[name]))
        storage.audit.record(conn, COMMAND, "station.keys", f"station {name}", time=datetime.now(UTC))
        conn.commit()
        passwords[name] = password
    return passwords


def _send(admin_url: str, commands: Sequence[Command]) -> None:
    for begin in range(0, len(commands), _AT_ONCE):
        control(admin_url, commands[begin : begin + _AT_ONCE])


def _as_json(found: broker.Difference, passwords: dict[str, str]) -> str:
    left = [name for name in found.missing if name not in passwords]
    return json.dumps({
        "removed": found.strangers, "corrected": found.altered, "without_account": left, "new_passwords": passwords,
    })  # fmt: skip


def _as_text(found: broker.Difference, passwords: dict[str, str]) -> str:
    lines = [
        f"removed of stations that are not in the table: {', '.join(found.strangers) or 'none'}",
        f"corrected rights: {', '.join(found.altered) or 'none'}",
    ]
    lines += [f"new password, shown once: {name}  {password}" for name, password in passwords.items()]
    left = [name for name in found.missing if name not in passwords]
    if left:
        lines.append(
            f"without an account: {', '.join(left)}; --new-passwords makes one, and the device needs its password"
        )
    return "\n".join(lines)
