"""A calibrate job that fails: old calibrations serve, and operators are told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from luchtbrug.doctor.examining import examine
from luchtbrug.doctor.finding import Finding
from luchtbrug.jobs.failing import BACK, FAILED
from luchtbrug.jobs.loop import Turns, run, turn
from luchtbrug.settings import Settings
from storage import pages
from storage.calibrations import history
from storage.events import list_events
from storage.pages import Window

from .conftest import END, HOUR, SmallNetwork
from .test_loop import _official

NOW = END + timedelta(hours=2, minutes=7)  # a day after the last fit and more
REFUSED = "ALTER TABLE calibration ADD CONSTRAINT refused CHECK (false) NOT VALID"


@pytest.fixture
def failing(connection: psycopg.Connection, validated: SmallNetwork) -> SmallNetwork:
    """Let two more hours come, and make every new calibration one that the database refuses."""
    for key in validated.series_keys:
        validated.readings(key, END, [20.0, 21.0])
    connection.execute(REFUSED)
    connection.commit()
    return validated


def _turn(conn: psycopg.Connection, folder: Path, now: datetime) -> int:
    _official(folder, END, 12.0)
    return turn(conn, Settings.read(reference_network="csv", reference_csv=folder), Event(), now=now).validated


def _finding(url: str, folder: Path, now: datetime) -> Finding:
    found = examine(Settings.read(data_dir=folder), database_url=url, now=now)
    return next(finding for finding in found if finding.what == "calibration")


def test_old_calibrations_serve_and_operators_are_told(
    connection: psycopg.Connection, database_url: str, failing: SmallNetwork, tmp_path: Path
) -> None:
    """New hours are validated with the last calibration that there is; an event and doctor say what failed."""
    key = failing.series_keys[0]
    last = history(connection, key)[0].calibration_id
    _turn(connection, tmp_path, NOW)
    hours = pages.hours(connection, Window(key, END, END + 2 * HOUR))
    assert [hour.calibration_id for hour in hours] == [last, last]
    assert all(hour.value is not None for hour in hours)
    (event,) = list_events(connection, kind=FAILED)
    assert event.detail["error"] == "CheckViolation"
    finding = _finding(database_url, tmp_path, NOW)
    assert finding.ok is False
    assert "CheckViolation" in finding.seen


def test_a_failed_fit_is_tried_each_hour_until_it_is_back(
    connection: psycopg.Connection, database_url: str, failing: SmallNetwork, tmp_path: Path
) -> None:
    """Within the hour it is not tried again; success is an event, once; doctor sees it, and a job that stands still."""
    _turn(connection, tmp_path, NOW)
    connection.execute("ALTER TABLE calibration DROP CONSTRAINT refused")
    connection.commit()
    _turn(connection, tmp_path, NOW + timedelta(minutes=59))
    assert list_events(connection, kind=BACK) == []
    for later in (timedelta(minutes=61), timedelta(minutes=62)):
        _turn(connection, tmp_path, NOW + later)
    assert len(list_events(connection, kind=BACK)) == 1
    assert max(row.fitted_at for row in history(connection, failing.series_keys[0])) > END
    assert _finding(database_url, tmp_path, NOW + timedelta(minutes=63)).ok is True
    assert _finding(database_url, tmp_path, NOW + timedelta(hours=3)).advice == "is `calibrate` running?"


def test_the_service_outlives_a_look_that_fails(connection: psycopg.Connection, database_url: str) -> None:
    """A look that cannot be done at all is counted and recorded, and over with the next one that can."""
    connection.execute("ALTER TABLE hour RENAME TO hours_gone")
    connection.commit()
    stop, turns = Event(), Turns()
    thread = Thread(target=run, args=(Settings.read(calibrate_seconds=1), database_url, stop), kwargs={"turns": turns})
    thread.start()
    try:
        deadline = datetime.now(UTC) + timedelta(seconds=20)
        while turns.failed == 0 and datetime.now(UTC) < deadline:
            stop.wait(0.05)
        assert (thread.is_alive(), turns.failing) == (True, True)
        connection.execute("ALTER TABLE hours_gone RENAME TO hour")
        connection.commit()
        while turns.turns == 0 and datetime.now(UTC) < deadline:
            stop.wait(0.05)
    finally:
        stop.set()
        thread.join(20)
    assert turns.failing is False
    assert list_events(connection, kind=FAILED)[0].detail["error"] == "UndefinedTable"
    assert len(list_events(connection, kind=BACK)) == 1
