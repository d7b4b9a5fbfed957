"""What of a station's messages arrived: sensor by sensor and day by day, the gaps, and what was put aside."""

from dataclasses import dataclass
from datetime import datetime

import psycopg

from storage.statements import fetch_rows

GAPS_MAX = 200
"""Gaps listed in one receipt; a station with more has another problem than the next one."""


@dataclass(frozen=True, slots=True)
class SensorDay:
    """How often a sensor's readings came in a day; interval [s] and `expected` None where it sent too seldom to tell.

    `late` were received more than an hour after their time, `without_time` had no usable time of their own.
    """

    begin: datetime
    end: datetime
    sensor_name: str
    interval_s: float | None
    received: int
    late: int
    without_time: int
    expected: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without readings of a station; `all_silent` tells that no other station's came either."""

    begin: datetime
    end: datetime
    said_offline: bool
    all_silent: bool


@dataclass(frozen=True, slots=True)
class PutAside:
    """Messages of a station in quarantine, by reason."""

    reason: str
    messages: int
    last_received_at: datetime


def sensor_days(
    conn: psycopg.Connection, station_id: str, begin: datetime, end: datetime, *, late: int, time_received: int
) -> list[SensorDay]:
    """List the days from `begin` to `end`, for each sensor that sent in them or in the 7 days before.

    `late` and `time_received` are the bits that readings carry in those cases.
    """
    parameters = {"station_id": station_id, "begin": begin, "end": end, "late": late, "time_received": time_received}
    return fetch_rows(conn, SensorDay, "receipt_days", parameters)


def gaps(conn: psycopg.Connection, station_id: str, begin: datetime, end: datetime) -> list[Gap]:
    """List the gaps that end after `begin`, oldest first; one that is not over ends with `end`."""
    parameters = {"station_id": station_id, "begin": begin, "end": end, "limit": GAPS_MAX}
    return fetch_rows(conn, Gap, "receipt_gaps", parameters)


def put_aside(conn: psycopg.Connection, station_id: str, begin: datetime, end: datetime) -> list[PutAside]:
    """Count what lies in quarantine of a station, received in [begin, end), the most frequent reason first."""
    parameters = {"station_id": station_id, "begin": begin, "end": end}
    return fetch_rows(conn, PutAside, "receipt_quarantine", parameters)
