"""Events: what happened to stations and sources, for people who look back. Not a log: few rows, each with a meaning."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from storage.rows import Event, StationChange
from storage.statements import fetch_rows, sql

CHANGED = ("hardware_changed", "moved", "step_found", "drift_found")
"""Kinds after which a series is another: what it sent before says nothing of what follows; owners write the first."""

PAUSED, RESUMED = "paused", "resumed"
"""Kinds between which a station's readings are kept and not used."""


def record(
    conn: psycopg.Connection,
    kind: str,
    *,
    time: datetime,
    station_id: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down that something happened, as 'station_added'; an unknown station leaves the event without one."""
    parameters = {"time": time, "kind": kind, "station_id": station_id, "detail": Jsonb(dict(detail or {}))}
    conn.execute(sql("record_event"), parameters)


def list_events(
    conn: psycopg.Connection,
    *,
    since: datetime | None = None,
    kind: str | None = None,
    station_id: str | None = None,
    limit: int = 100,
) -> list[Event]:
    """List events, the newest first."""
    parameters = {"since": since, "kind": kind, "station_id": station_id, "limit": limit}
    return fetch_rows(conn, Event, "list_events", parameters)


def station_changes(
    conn: psycopg.Connection, kinds: Sequence[str], *, before: datetime, pending: bool = False
) -> list[StationChange]:
    """List the changes of stations before a time, the oldest first; `pending`: only those whose job has not ended."""
    parameters = {"kinds": list(kinds), "before": before, "pending": pending}
    return fetch_rows(conn, StationChange, "station_changes", parameters)


def change_job(event_key: int) -> str:
    """Name the job that has ended once everything that follows from a change was recalculated."""
    return f"change {event_key}"
