"""From an event of a station to its calibrations and hours, on a real database."""

from datetime import datetime, timedelta

import numpy as np
import psycopg
import pytest

from luchtbrug.jobs.calibrate import refit_property
from luchtbrug.jobs.changes import follow_changes
from luchtbrug.jobs.network import fetch_network
from luchtbrug.jobs.segments import find_segments, note_found
from storage import pages
from storage.calibrations import history
from storage.events import list_events, record
from storage.pages import Window
from storage.rows import Calibration
from validation.flags import Flag

from .conftest import BEGIN, END, HOUR, WINDOW, SmallNetwork

CHANGED = BEGIN + timedelta(days=7, hours=10, minutes=20)
HOUR_OF_IT = CHANGED.replace(minute=0)


def _change(conn: psycopg.Connection, kind: str, time: datetime, station_id: str = "s0", **detail: str | None) -> None:
    record(conn, kind, time=time, station_id=station_id, detail={"sensor": None, "text": "", **detail})
    conn.commit()


def _follow(conn: psycopg.Connection, end: datetime) -> int:
    return follow_changes(conn, end=end, now=end, window=WINDOW)


def _since(conn: psycopg.Connection, key: int, begin: datetime = HOUR_OF_IT) -> list[Calibration]:
    """List the calibrations that began to be valid from a time on, the oldest first."""
    return [row for row in reversed(history(conn, key)) if row.valid_begin >= begin]


def test_a_change_of_hardware_begins_a_new_segment(connection: psycopg.Connection, validated: SmallNetwork) -> None:
    """From the hour of the change the siblings lend their slopes, until 60 hours of its own are a short window."""
    key, other = validated.series_keys[:2]
    _change(connection, "hardware_changed", CHANGED)
    _follow(connection, HOUR_OF_IT)  # the change was told at 10:20, so the last full hour is that before it
    (first,) = _since(connection, key)
    assert (first.valid_begin, first.status, first.scores["segment_days"]) == (HOUR_OF_IT, "sibling_prior", 0.0)
    assert _since(connection, other) == []
    refit_property(connection, "pm2_5", at=END, window=WINDOW)
    last = _since(connection, key)[-1]
    assert (last.status, last.window_begin) == ("short_window", HOUR_OF_IT + HOUR)
    assert last.scores["hours"] == 61
    assert _since(connection, other)[-1].window_begin < HOUR_OF_IT
    validated.look(HOUR_OF_IT - HOUR, END, refit=False)
    before, *after = pages.hours(connection, Window(key, HOUR_OF_IT - HOUR, END))
    assert not before.flags & Flag.NEW_SEGMENT
    assert all(row.flags & Flag.NEW_SEGMENT and row.flags & Flag.CALIBRATION_PRIOR for row in after)


def test_a_change_that_is_told_late_revises_what_was_said_since(
    connection: psycopg.Connection, validated: SmallNetwork
) -> None:
    """A sensor that reads half as much since three days is wrong until its owner says so, and right from then on."""
    key = validated.series_keys[0]
    connection.execute("UPDATE reading SET raw = raw / 2 WHERE series_key = %s AND time > %s", [key, HOUR_OF_IT + HOUR])
    validated.look(BEGIN + timedelta(days=7), END, refit=False)
    refit_property(connection, "pm2_5", at=BEGIN + timedelta(days=9), window=WINDOW)
    air = validated.wave[-61:]

    def wrong() -> float:
        rows = pages.hours(connection, Window(key, HOUR_OF_IT + HOUR, END))
        return float(np.nanmean(np.abs(np.array([row.value or np.nan for row in rows]) - air)))

    spoiled = wrong()
    _change(connection, "hardware_changed", CHANGED)
    assert _follow(connection, END) >= 61
    assert wrong() != spoiled
    assert [row.valid_begin for row in _since(connection, key)][:2] == [HOUR_OF_IT, BEGIN + timedelta(days=9)]
    fits = len(history(connection, key))
    assert _follow(connection, END) == 0
    assert len(history(connection, key)) == fits


def test_a_move_concerns_every_sensor_and_a_named_sensor_only_itself(
    connection: psycopg.Connection, validated: SmallNetwork
) -> None:
    """What the detail names is meant, and what it leaves out is meant as a whole."""
    _change(connection, "hardware_changed", CHANGED, sensor="sds011-0")
    _change(connection, "moved", CHANGED, "s1")
    fetched = fetch_network(connection, "pm2_5", begin=BEGIN, end=END)
    assert fetched is not None
    begin = find_segments(connection, fetched, END).begin
    assert np.isnat(begin).tolist() == [True, False, True]
    earlier = find_segments(connection, fetched, HOUR_OF_IT - HOUR)
    assert np.isnat(earlier.begin).all()


def test_paused_hours_get_no_value_and_teach_nothing(connection: psycopg.Connection, validated: SmallNetwork) -> None:
    """From the hour of the pause to that of the return no value is published; raw stays, and the fit leaves it out."""
    key, back = validated.series_keys[0], CHANGED + timedelta(days=1)
    _change(connection, "paused", CHANGED)
    _follow(connection, HOUR_OF_IT)
    assert [row.status for row in _since(connection, key)] == ["paused"]
    _change(connection, "resumed", back)
    _follow(connection, END)
    assert [row.status for row in _since(connection, key)] == ["paused", "short_window"]
    validated.look(HOUR_OF_IT, END, refit=False)
    rows = pages.hours(connection, Window(key, HOUR_OF_IT - HOUR, HOUR_OF_IT + 26 * HOUR))
    assert [row.value is None for row in rows] == [False, *[True] * 25, False]
    assert all(row.flags & Flag.PAUSED and row.raw > 0 for row in rows[1:-1])
    assert not (rows[0].flags | rows[-1].flags) & Flag.PAUSED
    refit_property(connection, "pm2_5", at=END, window=WINDOW)
    assert _since(connection, key)[-1].scores["hours"] == 240 - 25


def test_a_resumed_sensor_does_not_end_the_pause_of_its_station(
    connection: psycopg.Connection, validated: SmallNetwork
) -> None:
    """As ingest has it: who paused the station resumes the station, and that resumes its sensors too."""
    key, back = validated.series_keys[0], CHANGED + timedelta(days=1)
    _change(connection, "paused", CHANGED)
    _change(connection, "paused", CHANGED, sensor="sps30-0")
    _change(connection, "resumed", CHANGED + 2 * HOUR, sensor="sps30-0")
    fetched = fetch_network(connection, "pm2_5", begin=BEGIN, end=END)
    assert fetched is not None
    column = list(fetched.series_key).index(key)
    assert find_segments(connection, fetched, END - HOUR).paused_at(END - HOUR)[column]
    _change(connection, "paused", back - HOUR, sensor="sps30-0")
    _change(connection, "resumed", back)
    assert not find_segments(connection, fetched, END - HOUR).paused_at(END - HOUR).any()
    _change(connection, "paused", back + HOUR, sensor="sps30-0")
    _change(connection, "paused", back + 2 * HOUR)
    _change(connection, "resumed", back + 3 * HOUR, sensor="sps30-0")
    assert find_segments(connection, fetched, END - HOUR).paused_at(END - HOUR)[column]


@pytest.mark.parametrize(("days", "written"), [(3.0, 1), (2.0, 1), (np.nan, 0)])
def test_a_step_that_was_found_becomes_a_change_once(
    connection: psycopg.Connection, validated: SmallNetwork, days: float, written: int
) -> None:
    """The event stands at the time of the step, and the same step seen a day later is not written again."""
    fetched = fetch_network(connection, "pm2_5", begin=BEGIN, end=END)
    assert fetched is not None
    nothing = np.full(3, np.nan)
    scores = {"step": np.full(3, 0.4), "step_days": np.array([days, np.nan, np.nan])}
    scores |= {"drift_change": nothing, "drift_days": nothing}
    for later in (timedelta(0), timedelta(days=1)):
        segments = find_segments(connection, fetched, END + later)
        count = note_found(connection, segments, scores, END + later)
        assert count == (0 if later else written)
        scores["step_days"] = scores["step_days"] + 1
    events = list_events(connection, kind="step_found")
    assert [(row.time, row.station_id, row.detail["sensor"]) for row in events] == (
        [(END - timedelta(days=days), "s0", "sps30-0")] if written else []
    )
