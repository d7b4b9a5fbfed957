"""The current calibrations in memory, beside what the database says is current."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest

from benchmarks.ingest_world import network
from ingest.current import CurrentCalibrations, lean
from ingest.pipeline import Pipeline
from storage.calibrations import current, store
from storage.connection import connect
from tests.ingest.samples import NOW, message
from tests.ingest.test_validate import store_calibrations
from validation.network import fit
from validation.nowcast import nowcast

LATER = NOW + timedelta(days=2)

pytestmark = pytest.mark.usefixtures("known_series")


@pytest.fixture
def known_series(pipeline: Pipeline) -> None:
    """Let three stations send PM2.5, so that their series exist."""
    entry = {"s": "sps30-0", "v": {"pm2_5": 9.0}}
    pipeline.process([message(f"aq/1/st-{number}/obs", {"obs": [entry]}) for number in (1, 2, 3)], now=NOW)


def _held(held: CurrentCalibrations) -> list[tuple[int, int]]:
    return [
        pair
        for _, of in held
        for pair in zip(of.series_key.tolist(), of.calibration_key.tolist(), strict=True)
    ]  # fmt: skip


def _wanted(connection: psycopg.Connection, at: datetime = LATER) -> list[tuple[int, int]]:
    return [(each.series_key, each.calibration_key) for each in current(connection, at)]


def _delete(connection: psycopg.Connection, key: int) -> None:
    connection.execute("DELETE FROM calibration WHERE calibration_key = %s", [key])


def test_what_is_revised_withdrawn_or_begins_is_followed(connection: psycopg.Connection) -> None:
    """After each change memory holds what the database calls current, and after none it is left as it is."""
    held = CurrentCalibrations()
    held.refresh(connection, LATER)
    assert _held(held) == []
    first = store_calibrations(connection, NOW)
    held.refresh(connection, LATER)
    assert _held(held) == _wanted(connection)
    second = store_calibrations(connection, NOW + timedelta(days=1))
    held.refresh(connection, LATER)
    assert [key for _, key in _held(held)] == second
    _delete(connection, second[1])
    held.refresh(connection, LATER)
    assert [key for _, key in _held(held)] == [second[0], first[1], second[2]]
    before = dict(held)["pm2_5"]
    held.refresh(connection, LATER)
    assert dict(held)["pm2_5"] is before
    held.refresh(connection, NOW + timedelta(hours=1))  # before the second began
    assert [key for _, key in _held(held)] == first
    for key in (*first, *second):
        _delete(connection, key)
    held.refresh(connection, LATER)
    assert _held(held) == []


def test_a_key_that_is_committed_after_a_higher_one_is_found(database_url: str, connection: psycopg.Connection) -> None:
    """Two jobs store at once: the one that began first and ended last is not passed over."""
    held = CurrentCalibrations()
    store_calibrations(connection, NOW)
    one, *_ = current(connection, LATER)
    with connect(database_url) as slow:
        (lower,) = store(slow, [replace(one, calibration_id="slow", valid_begin=NOW + timedelta(hours=1))]).values()
        assert lower < min(store_calibrations(connection, NOW + timedelta(minutes=1)))
        held.refresh(connection, LATER)
        assert lower not in dict(_held(held)).values()
    held.refresh(connection, LATER)
    assert lower in dict(_held(held)).values()
    assert _held(held) == _wanted(connection)


def test_lean_calibrations_value_readings_as_whole_ones_do() -> None:
    """What is left out of memory is nothing that a value, an interval or a flag depends on."""
    whole = fit(network(NOW), at=np.datetime64(NOW.astimezone(UTC).replace(tzinfo=None), "h"))
    raw, row = np.array([5.0, 27.0, 300.0, 27.0]), np.array([0, 1, 2, -1])
    time = np.full(4, np.datetime64(LATER.replace(tzinfo=None), "us"))
    found = [
        nowcast(known, row, raw, np.full(4, 60.0), np.full(4, 12.0), time, observed_property="pm2_5")
        for known in (whole, lean(whole))
    ]
    for name in ("value", "lower", "upper", "flags"):
        np.testing.assert_array_equal(*(getattr(each, name) for each in found))
    assert np.isfinite(found[0].value[:2]).all()
