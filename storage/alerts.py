"""Alerts of stations: which begin and end, and what is still to be sent of them. When a rule fires is the caller's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg
from psycopg.types.json import Jsonb

from storage.statements import fetch_rows, sql

AlertKind = Literal["silent", "stuck", "odd", "drifting"]
Moment = Literal["begin", "end"]
Way = Literal["email", "webhook"]


@dataclass(frozen=True, slots=True)
class HourRule:
    """When flagged hours make an alert: `begin_hours` of the last `span` with a flag of `mask` in one series.

    It ends where the same span has at least `end_hours` hours, and at most `calm` of them with such a flag.
    """

    kind: AlertKind
    mask: int
    span: int
    begin_hours: int
    end_hours: int
    calm: int


@dataclass(frozen=True, slots=True)
class Paused:
    """What owners want no alerts of: stations as a whole, and single sensors of others (keys)."""

    stations: Sequence[int]
    sensors: Sequence[int]


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert that is to begin; `begin` is since when it is so."""

    station_key: int
    kind: AlertKind
    begin: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert; `end` is None while it is still so."""

    kind: AlertKind
    begin: datetime
    end: datetime | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something claimed to be sent; `address` is None where its owner took the address away meanwhile."""

    alert_key: int
    moment: Moment
    way: Way
    attempts: int
    station_id: str
    name: str
    kind: AlertKind
    begin: datetime
    end: datetime | None
    detail: Mapping[str, Any]
    language: Literal["nl", "en"]
    address: str | None


@dataclass(frozen=True, slots=True)
class Board:
    """The open alerts of a station, each with kind, begin (ISO 8601) and detail."""

    station_id: str
    name: str
    alerts: Sequence[Mapping[str, Any]]


def paused(conn: psycopg.Connection, now: datetime) -> Paused:
    """Look what is paused."""
    found = conn.execute(sql("paused_stations"), {"now": now}).fetchall()
    return Paused([station for station, _, whole in found if whole], [key for _, key, _ in found if key is not None])


def to_begin(
    conn: psycopg.Connection,
    rules: Sequence[HourRule],
    now: datetime,
    *,
    silent_after: timedelta,
    paused: Paused,
) -> list[NewAlert]:
    """List what is to begin: flagged hours, and silences longer than `silent_after`."""
    parameters = _parameters(rules, now, silent_after, paused)
    flagged = fetch_rows(conn, NewAlert, "alerts_to_begin", parameters)
    return flagged + fetch_rows(conn, NewAlert, "silences_to_begin", parameters)


def to_end(
    conn: psycopg.Connection,
    rules: Sequence[HourRule],
    now: datetime,
    *,
    silent_after: timedelta,
    paused: Paused,
) -> list[int]:
    """List the keys of what is over."""
    parameters = _parameters(rules, now, silent_after, paused)
    over = conn.execute(sql("alerts_to_end"), parameters).fetchall()
    return [row[0] for row in over + conn.execute(sql("silences_to_end"), parameters).fetchall()]


def begin(conn: psycopg.Connection, alerts: Sequence[NewAlert], now: datetime) -> int:
    """Open alerts, with what is to be sent of them; one that is open already stays. Returns how many are new."""
    columns: dict[str, list[Any]] = {
        name: [getattr(alert, name) for alert in alerts] for name in ("station_key", "kind", "begin")
    }
    columns["detail"] = [Jsonb(dict(alert.detail)) for alert in alerts]
    return len(conn.execute(sql("begin_alerts"), {**columns, "now": now}).fetchall())


def end(conn: psycopg.Connection, alert_keys: Sequence[int], now: datetime) -> None:
    """Close alerts and write down what is to be sent of their end."""
    conn.execute(sql("end_alerts"), {"alert_keys": list(alert_keys), "now": now})


def claim_deliveries(conn: psycopg.Connection, now: datetime, *, limit: int) -> list[Delivery]:
    """Take what is due; commit before sending it, so that nobody takes it again."""
    return fetch_rows(conn, Delivery, "claim_deliveries", {"now": now, "limit": limit})


def settle(
    conn: psycopg.Connection,
    delivery: Delivery,
    *,
    sent_at: datetime | None = None,
    due_at: datetime | None = None,
    failure: str | None = None,
) -> None:
    """Write down that something was sent, or when it is tried again; neither: never."""
    parameters = {"alert_key": delivery.alert_key, "moment": delivery.moment, "way": delivery.way}
    conn.execute(sql("settle_delivery"), {**parameters, "sent_at": sent_at, "due_at": due_at, "failure": failure})


def alerts_of(conn: psycopg.Connection, station_id: str, *, limit: int = 100) -> list[Alert]:
    """List the alerts of a station, the newest first."""
    return fetch_rows(conn, Alert, "alerts_of_station", {"station_id": station_id, "limit": limit})


def board(conn: psycopg.Connection) -> list[Board]:
    """List the open alerts of every active station that has ever sent."""
    return fetch_rows(conn, Board, "alert_board")


def _parameters(rules: Sequence[HourRule], now: datetime, silent_after: timedelta, paused: Paused) -> dict[str, Any]:
    resting = {"paused": list(paused.stations), "paused_sensors": list(paused.sensors)}
    return {**_columns(rules), **resting, "now": now, "least": silent_after}


def _columns(rules: Sequence[HourRule]) -> dict[str, list[Any]]:
    names = {"kinds": "kind", "masks": "mask", "spans": "span"}
    names |= {name: name for name in ("begin_hours", "end_hours", "calm")}
    columns = {column: [getattr(rule, field) for rule in rules] for column, field in names.items()}
    return columns | {"masks": [int(mask) for mask in columns["masks"]]}  # the driver knows no IntFlag
