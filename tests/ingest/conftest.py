"""What the tests of ingest share: registered stations, messages as stations send them, and brokers to send them to."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
import pytest
from storage.connection import connect
from storage.stations import add_station

from ingest.message import Message
from ingest.pipeline import Pipeline
from storage.rows import NewStation

NOW = datetime(2026, 5, 17, 22, 23, 5, tzinfo=UTC)

Obs = Callable[..., Message]


@pytest.fixture
def now() -> datetime:
    """Give the time of receipt that the tests' messages have unless they say otherwise."""
    return NOW


@pytest.fixture
def pipeline(database_url: str, connection: psycopg.Connection) -> Any:
    """Give a pipeline on a database with the stations st-1, st-2 and st-3."""
    for station_id in ("st-1", "st-2", "st-3"):
        register(connection, station_id)
    connection.commit()
    pipeline = Pipeline(lambda: connect(database_url))
    yield pipeline
    pipeline.close()


def register(connection: psycopg.Connection, station_id: str, *, format_name: str | None = None) -> None:
    """Register a station; the caller commits."""
    add_station(
        connection,
        NewStation(
            station_id, 52.22, 5.17, 52.221, 5.171, f"hash-{station_id}", f"token-{station_id}", format=format_name
        ),
    )


def message(topic: str, body: Any, *, received_at: datetime = NOW, **more: Any) -> Message:
    """Make a message as MQTT brings it; a body that is not bytes is written as JSON."""
    payload = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Message("mqtt", topic, payload, received_at, **more)


def obs(
    station_id: str = "st-1", *, time: str | None = "2026-05-17T22:23:00Z", sensor: str = "sps30-0", **values: Any
) -> Message:
    """Make a native message with one entry."""
    entry = {"s": sensor, "v": values} | ({} if time is None else {"t": time})
    return message(f"aq/1/{station_id}/obs", {"obs": [entry]})
