"""Stations and messages for the tests of ingest."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg

from ingest.message import Message
from storage.rows import NewStation
from storage.stations import add_station

NOW = datetime(2026, 5, 17, 22, 23, 5, tzinfo=UTC)
MINUTE = "2026-05-17T22:23:00Z"


def register(
    connection: psycopg.Connection, station_id: str, *, format_name: str | None = None, timezone: str = "UTC"
) -> None:
    """Register a station; the caller commits."""
    credentials = (f"hash-{station_id}", f"token-{station_id}")
    new = NewStation(station_id, 52.22, 5.17, 52.221, 5.171, *credentials, format=format_name, timezone=timezone)
    add_station(connection, new)


def message(topic: str, body: Any, *, received_at: datetime = NOW, **more: Any) -> Message:
    """Make a message as MQTT brings it; a body that is not bytes is written as JSON."""
    payload = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Message("mqtt", topic, payload, received_at, **more)


def obs(station_id: str = "st-1", *, time: str | None = MINUTE, sensor: str = "sps30-0", **values: Any) -> Message:
    """Make a native message with one entry."""
    entry = {"s": sensor, "v": values} | ({} if time is None else {"t": time})
    return message(f"aq/1/{station_id}/obs", {"obs": [entry]})
