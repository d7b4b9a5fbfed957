"""What the desk shows and decides: quarantine by reason, alerts with notes, stations to look at, exclusions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from storage.errors import StationUnknownError
from storage.quarantine import MAX_PAYLOAD_BYTES
from storage.statements import fetch_rows, sql


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows of a list."""

    limit: int = 50
    offset: int = 0


class PutAsideRow(NamedTuple):
    """Messages of one reason and station; `rows` counts the rows of the whole list, here and below."""

    reason: str
    station_id: str | None
    messages: int
    first: datetime
    last: datetime
    rows: int


class Message(NamedTuple):
    """One message in quarantine, as it came, without its secrets."""

    quarantine_key: int
    received_at: datetime
    door: str
    topic: str
    station_id: str | None
    payload: bytes
    payload_size: int
    reason: str
    detail: str


class AlertRow(NamedTuple):
    """An alert with what staff noted about it."""

    alert_key: int
    station_id: str
    name: str
    kind: str
    begin: datetime
    end: datetime | None
    detail: dict[str, Any]
    noted_at: datetime | None
    note: str | None
    rows: int


class StationRow(NamedTuple):
    """A station with what its last readings were flagged with."""

    station_id: str
    name: str
    time: datetime | None
    flags: int
    failing: int
    series: int
    alerts: Sequence[str]
    excluded: bool
    rows: int


class Exclusion(NamedTuple):
    """A time in which a station does not count in the figures of areas."""

    exclusion_key: int
    station_id: str
    begin: datetime
    end: datetime | None
    reason: str
    made_at: datetime


class LostReference(NamedTuple):
    """A network of official values that is away."""

    network: str
    time: datetime
    error: str


def put_aside(
    conn: psycopg.Connection, since: datetime, page: Page, *, reason: str | None = None, station_id: str | None = None
) -> list[PutAsideRow]:
    """List what waits in quarantine, the newest first."""
    asked = {"since": since, "reason": reason, "station_id": station_id, **_rows(page)}
    return fetch_rows(conn, PutAsideRow, "desk_quarantine", asked)


def messages(
    conn: psycopg.Connection, since: datetime, reason: str, station_id: str | None, *, limit: int
) -> list[Message]:
    """List messages of one reason and station, the newest first."""
    asked = {"since": since, "reason": reason, "station_id": station_id, "limit": limit}
    return fetch_rows(conn, Message, "desk_messages", asked)


def take_messages(
    conn: psycopg.Connection, reason: str, station_id: str | None, at: datetime, *, limit: int
) -> list[Message]:
    """Mark messages of one reason and station as read again, and return them; those that were cut short stay."""
    asked = {"reason": reason, "station_id": station_id, "at": at, "limit": limit, "whole": MAX_PAYLOAD_BYTES}
    return sorted(fetch_rows(conn, Message, "take_messages", asked))


def alerts(
    conn: psycopg.Connection, page: Page, *, kind: str | None = None, station_id: str | None = None, open_only: bool
) -> list[AlertRow]:
    """List alerts: those that nobody looked at first; with `open_only` no others."""
    asked = {"kind": kind, "station_id": station_id, "open": open_only, **_rows(page)}
    return fetch_rows(conn, AlertRow, "desk_alerts", asked)


def note_alert(conn: psycopg.Connection, alert_key: int, note: str, at: datetime) -> str | None:
    """Write a note at an alert, which so is acknowledged; return its station, None where there is no such alert."""
    row = conn.execute(sql("note_alert"), {"alert_key": alert_key, "note": note, "at": at}).fetchone()
    return row[0] if row else None


def stations(
    conn: psycopg.Connection, now: datetime, page: Page, *, words: str | None, everything: bool, fail: int, mask: int
) -> list[StationRow]:
    """List stations to look at, or all: those with flags of `mask`, an open alert, an exclusion."""
    asked = {"now": now, "words": words, "everything": everything, "fail": fail, "mask": mask, **_rows(page)}
    return fetch_rows(conn, StationRow, "desk_stations", asked)


def exclusions(conn: psycopg.Connection, station_id: str) -> list[Exclusion]:
    """List the exclusions of a station, the last first."""
    return fetch_rows(conn, Exclusion, "exclusions_of_station", {"station_id": station_id})


def exclude(
    conn: psycopg.Connection, station_id: str, begin: datetime, end: datetime | None, reason: str, at: datetime
) -> int:
    """Leave a station out of the figures of areas in [begin, end). Raises StationUnknownError."""
    asked = {"station_id": station_id, "begin": begin, "end": end, "reason": reason, "at": at}
    row = conn.execute(sql("add_exclusion"), asked).fetchone()
    if row is None:
        raise StationUnknownError(f"no active station {station_id!r} is registered")
    return int(row[0])


def end_exclusion(conn: psycopg.Connection, exclusion_key: int, at: datetime) -> str | None:
    """End an exclusion, and return its station; None where there is none that goes on."""
    row = conn.execute(sql("end_exclusion"), {"exclusion_key": exclusion_key, "at": at}).fetchone()
    return row[0] if row else None


def lost_references(conn: psycopg.Connection) -> list[LostReference]:
    """List the networks of official values that are away."""
    return fetch_rows(conn, LostReference, "lost_references")


def _rows(page: Page) -> dict[str, int]:
    return {"limit": page.limit, "offset": page.offset}
