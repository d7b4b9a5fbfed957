"""The alerts service: tells owners once when a station needs them, and once when it is over.

Silent, stuck, odd, drifting: what begins and ends is decided in the database and written down there with what is to be
sent, in one transaction; sending comes after it. Each rule ends later than it would begin, so that nothing flaps.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import structlog

import storage.alerts
import storage.contacts
from luchtbrug.jobs.alert_board import AlertBoard, connected
from luchtbrug.jobs.alert_delivery import deliver
from luchtbrug.settings import Settings
from storage import locks
from storage.alerts import HourRule
from storage.connection import connect
from storage.errors import DatabaseAwayError
from validation.flags import Flag

SILENT_AFTER = timedelta(hours=1)
"""A station is silent after this, or after ten of its usual distances if that is longer."""

RULES = (
    # a night of equal values in clean air is over sooner than four failed hours
    HourRule("stuck", Flag.STUCK | Flag.ZERO, span=6, begin_hours=4, end_hours=3, calm=0),
    # smoke and fog pass within some hours; half a day of them is the sensor or its place
    HourRule("odd", Flag.NEIGHBOUR, span=12, begin_hours=6, end_hours=6, calm=1),
    # looked at once a day by validation, so a day of hours carries it
    HourRule("drifting", Flag.DRIFT, span=24, begin_hours=12, end_hours=12, calm=0),
)
"""Conventions of ours, open to argument; docs/alerts.md has them in words."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Turned:
    """What a look changed."""

    begun: int
    ended: int


def run(settings: Settings, mqtt_url: str, database_url: str, stop: threading.Event) -> None:
    """Look every `alert_seconds` until `stop` is set; database and broker may come and go."""
    away = False
    with connected(mqtt_url) as board:
        while not stop.is_set():
            try:
                with connect(database_url) as conn:
                    _look_and_tell(conn, settings, board, stop)
                away = False
            except (DatabaseAwayError, psycopg.OperationalError) as error:
                if not away:
                    log.warning("database_away", error=type(error).__name__)
                away = True
            stop.wait(settings.alert_seconds)


def turn(conn: psycopg.Connection[Any], *, now: datetime) -> Turned:
    """Begin and end alerts as the rules say, in one transaction. Commits."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (locks.ALERTS,))
    paused = storage.alerts.paused(conn, now)
    over = storage.alerts.to_end(conn, RULES, now, silent_after=SILENT_AFTER, paused=paused)
    storage.alerts.end(conn, over, now)
    new = storage.alerts.to_begin(conn, RULES, now, silent_after=SILENT_AFTER, paused=paused)
    begun = storage.alerts.begin(conn, new, now)
    storage.contacts.forget_stale_addresses(conn, now)
    conn.commit()
    return Turned(begun, len(over))


def _look_and_tell(conn: psycopg.Connection[Any], settings: Settings, board: AlertBoard, stop: threading.Event) -> None:
    turned = turn(conn, now=datetime.now(UTC))
    if turned.begun or turned.ended:
        log.info("alerts_changed", begun=turned.begun, ended=turned.ended)
    while deliver(conn, settings, now=datetime.now(UTC)) and not stop.is_set():
        pass
    while not board.settled() and board.connected() and not stop.wait(0.1):
        pass
    if board.settled():
        board.turn(conn)
