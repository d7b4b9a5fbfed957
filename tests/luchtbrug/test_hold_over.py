"""The official network is away: values go on, with an interval that grows, and an event says so once."""

from datetime import timedelta
from pathlib import Path
from threading import Event

import numpy as np
import psycopg

from ingest.reference.fetch import BACK, LOST
from luchtbrug.jobs.loop import turn
from luchtbrug.settings import Settings
from storage import pages
from storage.events import list_events
from storage.pages import Window
from validation.flags import Flag

from .conftest import END, SmallNetwork
from .test_loop import _official

DAYS = 12


def test_values_go_on_with_a_growing_interval(
    connection: psycopg.Connection, validated: SmallNetwork, tmp_path: Path
) -> None:
    """Twelve days without the network: every hour has a value that says it is held, each a little less certain."""
    settings = Settings.read(reference_network="csv", reference_csv=tmp_path / "gone")
    for key in validated.series_keys:
        validated.readings(key, END, np.full(24 * DAYS, 20.0) + np.arange(24 * DAYS) % 7 * 0.5)
    connection.commit()
    now = END + timedelta(days=DAYS, minutes=7)
    turn(connection, settings, Event(), now=now)
    key = validated.series_keys[0]
    hours = pages.hours(connection, Window(key, END + timedelta(days=1), END + timedelta(days=DAYS)))
    assert all(hour.value is not None and hour.flags & Flag.CALIBRATION_HELD for hour in hours)
    lower, upper = (np.array([getattr(hour, name) for hour in hours]) for name in ("lower", "upper"))
    raw = np.array([hour.raw for hour in hours])
    widths = (upper - lower)[raw == 20.0]  # of the same reading, day after day
    assert widths[-1] > widths[0]
    assert np.polyfit(np.arange(len(widths)), widths, 1)[0] > 0
    assert [event.kind for event in list_events(connection) if event.kind in (LOST, BACK)] == [LOST]

    _official(tmp_path / "gone", END + timedelta(days=DAYS - 1), 12.0)
    turn(connection, settings, Event(), now=now + timedelta(hours=1))
    assert [event.kind for event in list_events(connection) if event.kind in (LOST, BACK)] == [BACK, LOST]
