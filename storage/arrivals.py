"""What arrived of stations that somebody waits for: readings that were stored, messages that were put aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import psycopg

from storage.statements import fetch_rows

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class ArrivedReading:
    """The last reading of a series, with when it was received."""

    station_id: str
    sensor_name: str
    sensor_model: str
    observed_property: str
    unit: str
    time: datetime
    raw: float
    flags: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class PutAsideMessage:
    """A message in quarantine, without its payload."""

    quarantine_key: int
    station_id: str
    received_at: datetime
    door: str
    topic: str
    reason: str
    detail: str


def arrived(conn: psycopg.Connection, since: Mapping[str, datetime]) -> list[ArrivedReading]:
    """List the last readings of stations (id → since when) that were received since."""
    return _rows(conn, "first_stored", ArrivedReading, since)


def put_aside(conn: psycopg.Connection, since: Mapping[str, datetime]) -> list[PutAsideMessage]:
    """List the first messages of stations (id → since when) that were put aside since, at most 20 of each."""
    return _rows(conn, "first_quarantined", PutAsideMessage, since)


def _rows(conn: psycopg.Connection, name: str, row: type[_Row], since: Mapping[str, datetime]) -> list[_Row]:
    parameters: dict[str, Any] = {"station_ids": list(since), "since": list(since.values())}
    return fetch_rows(conn, row, name, parameters)
