"""How long readings are kept on plain PostgreSQL (with TimescaleDB: test_timescale.py)."""

from collections.abc import Callable
from datetime import datetime

import psycopg

from storage import pages
from storage.hours import aggregate
from storage.pages import Window
from storage.readings import store
from storage.retention import forget_readings
from storage.rows import ReadingColumns


def test_plain_postgresql_forgets_when_asked(
    connection: psycopg.Connection,
    readings: Callable[..., ReadingColumns],
    series_key: int,
    at: Callable[[str], datetime],
) -> None:
    """Asked to, it deletes older readings and keeps their hour."""
    span = (at("2026-05-17 12:00"), at("2026-05-17 13:00"))
    store(connection, readings(["2026-05-17T12:10", "2026-05-17T12:20"], [1.0, 2.0]))
    aggregate(connection, *span, now=span[1])
    forget_readings(connection, at("2026-05-17 12:20"))
    assert [row.raw for row in pages.readings(connection, Window(series_key, *span))] == [2.0]
    assert [hour.raw for hour in pages.hours(connection, Window(series_key, *span))] == [1.5]
