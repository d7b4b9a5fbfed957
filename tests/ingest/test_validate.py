"""Checks and calibration on the way in: values beside the raw ones, with the calibration that gave them."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from benchmarks.ingest_world import GAIN, OFFSET, network
from ingest.message import Message
from ingest.pipeline import Pipeline
from luchtbrug.jobs.calibrate import calibration_record
from storage import calibrations
from tests.ingest.samples import NOW, message
from validation.flags import Flag
from validation.network import fit


def store_calibrations(connection: psycopg.Connection, at: datetime) -> list[int]:
    """Fit the network and store its calibrations for the three stations' PM2.5, and list their keys."""
    rows = connection.execute(
        "SELECT series_key FROM series WHERE observed_property = 'pm2_5' ORDER BY station_key"
    ).fetchall()
    fitted = fit(network(NOW), at=np.datetime64(NOW.replace(tzinfo=None), "h"))
    new = [calibration_record(fitted, number, key, at) for number, (key,) in enumerate(rows)]
    keys = calibrations.store(connection, new)
    connection.commit()
    return [keys[each.calibration_id] for each in new]


def _messages(at: datetime, value: float, **weather: float) -> list[Message]:
    stamp = at.isoformat()
    entries = [{"t": stamp, "s": "sps30-0", "v": {"pm2_5": value}}]
    if weather:
        entries.append({"t": stamp, "s": "bme280-0", "v": weather})
    return [message(f"aq/1/st-{number}/obs", {"obs": entries}, received_at=at) for number in (1, 2, 3)]


def _stored(connection: psycopg.Connection, at: datetime) -> list[tuple[Any, ...]]:
    found = connection.execute(
        "SELECT raw, value, lower, upper, flags, calibration_key FROM reading JOIN series USING (series_key)"
        " WHERE time = %s AND observed_property = 'pm2_5' ORDER BY station_key",
        [at],
    ).fetchall()
    connection.rollback()
    return found


def test_a_reading_gets_value_interval_and_the_key_of_its_calibration(
    pipeline: Pipeline, connection: psycopg.Connection
) -> None:
    """Without a calibration a reading says so; seconds after one is stored the next reading has its value by it."""
    outcome = pipeline.process(_messages(NOW, 27.0, relative_humidity=60.0, temperature=12.0), now=NOW)
    assert outcome.validated == 0
    assert {(row[1], row[4] & Flag.NOT_CALIBRATED, row[5]) for row in _stored(connection, NOW)} == {
        (None, Flag.NOT_CALIBRATED, None)
    }
    keys = store_calibrations(connection, NOW)
    later = NOW + timedelta(minutes=1)
    outcome = pipeline.process(_messages(later, 27.0, relative_humidity=60.0, temperature=12.0), now=later)
    assert outcome.validated == 3
    rows = _stored(connection, later)
    assert [row[5] for row in rows] == keys
    for raw, value, lower, upper, flags, _ in rows:
        assert raw == 27.0
        assert value == pytest.approx((27.0 - OFFSET) / GAIN, abs=1.0)
        assert lower < value < upper
        assert not flags & Flag.NOT_CALIBRATED


def test_humidity_of_the_last_hour_is_used(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """Fog reported minutes ago flags a particle reading that comes without a humidity of its own; later, no more."""
    pipeline.process(_messages(NOW, 20.0, relative_humidity=98.0), now=NOW)
    soon, late = NOW + timedelta(minutes=10), NOW + timedelta(minutes=61)
    pipeline.process(_messages(soon, 21.0) + _messages(late, 22.0), now=late)
    for at, expected in ((NOW, True), (soon, True), (late, False)):
        assert [bool(row[4] & Flag.CONDENSATION) for row in _stored(connection, at)] == [expected] * 3, at


def test_a_reading_that_fails_its_checks_gets_no_value(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """A reading out of range is stored raw, without a value, though there is a calibration."""
    pipeline.process(_messages(NOW, 20.0), now=NOW)
    store_calibrations(connection, NOW)
    later = NOW + timedelta(minutes=1)
    assert pipeline.process(_messages(later, 5000.0), now=later).validated == 0
    assert {(row[0], row[1], bool(row[4] & Flag.RANGE)) for row in _stored(connection, later)} == {(5000.0, None, True)}


def test_a_spike_is_found_against_earlier_batches(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """The last readings of a series are looked back on, whatever batch they came in."""
    for minute in range(6):
        at = NOW + timedelta(minutes=minute)
        pipeline.process(_messages(at, 10.0 + minute / 10), now=at)
    at = NOW + timedelta(minutes=6)
    pipeline.process(_messages(at, 400.0), now=at)
    assert [bool(row[4] & Flag.SPIKE) for row in _stored(connection, at)] == [True] * 3


def test_a_message_sent_many_times_is_not_a_stuck_sensor(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """Twenty copies of one reading are one reading, and not a run of equal ones."""
    pipeline.process(_messages(NOW, 10.0) * 20, now=NOW)
    later = NOW + timedelta(minutes=1)
    pipeline.process(_messages(later, 10.0), now=later)
    assert [bool(row[4] & Flag.STUCK) for row in _stored(connection, later)] == [False] * 3


def test_one_batch_or_many_give_the_same_rows(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """Live and backfill are the same function: how the messages are cut into batches changes nothing that is stored."""
    generator = np.random.default_rng(2)
    values: npt.NDArray[np.float64] = generator.lognormal(2, 1, 60).round(1)
    times = [NOW + timedelta(minutes=minute) for minute in range(len(values))]
    batches = [
        _messages(at, float(value), relative_humidity=float(90 + value % 9))
        for at, value in zip(times, values, strict=True)
    ]
    pipeline.process(_messages(NOW - timedelta(minutes=1), 9.0, relative_humidity=80.0, temperature=9.0), now=NOW)
    store_calibrations(connection, NOW)
    now = times[-1]
    for batch in batches:
        pipeline.process(batch, now=now)
    one_by_one = _all(connection)
    connection.execute("DELETE FROM reading WHERE time >= %s", [NOW])
    connection.commit()
    second = Pipeline(lambda: psycopg.connect(connection.info.dsn))
    second.process([each for batch in batches for each in batch], now=now)
    second.close()
    assert _all(connection) == one_by_one
    assert sum(row[2] is not None for row in one_by_one) > 100


def _all(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    rows = connection.execute(
        "SELECT series_key, time, value, lower, upper, flags, calibration_key FROM reading ORDER BY 1, 2"
    ).fetchall()
    connection.rollback()
    return rows
