"""Readings in by COPY, out by key and time."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from storage import pages
from storage.connection import connect
from storage.errors import AutocommitError
from storage.pages import LatestWanted, Window
from storage.readings import last_time, recent, store
from storage.rows import NewStation, ReadingColumns, SeriesName, StoreResult
from storage.series import claim_series
from storage.stations import add_station

Make = Callable[..., ReadingColumns]
At = Callable[[str], datetime]
Mask = npt.NDArray[np.bool_] | None
straight = pytest.mark.parametrize("newer", [None, np.ones(5, np.bool_)], ids=["staged", "straight"])
"""Both ways in; the mask is cut to each batch, and says of what is there already that it is not."""
DAY = (datetime(2026, 5, 17, tzinfo=UTC), datetime(2026, 5, 18, tzinfo=UTC))


@straight
def test_a_reading_comes_back_as_it_was_stored(
    connection: psycopg.Connection, readings: Make, series_key: int, newer: Mask
) -> None:
    """Raw values keep all their digits, values steps of 1/64 in their unit, and NaN comes back as None."""
    columns = readings(
        ["2026-05-17T12:05", "2026-05-17T12:00:00.123456"], [8.1, 1 / 3], value=[7.3, np.nan], flags=[0, 9]
    )
    assert store(connection, columns, newer=_cut(newer, 2)) == StoreResult(stored=2, duplicates=0)
    first, second = pages.readings(connection, Window(series_key, *DAY))
    assert first.time == datetime(2026, 5, 17, 12, 0, 0, 123456, UTC)
    assert (first.raw, first.value, first.flags, first.calibration_id) == (1 / 3, None, 9, None)
    assert (second.raw, second.value, second.lower, second.upper) == (8.1, 7.296875, None, None)


@straight
def test_a_reading_that_comes_again_changes_nothing(
    connection: psycopg.Connection, readings: Make, series_key: int, newer: Mask
) -> None:
    """The first of equal (series, time) stays, within a batch, within a transaction and after it."""
    thrice, both = ["2026-05-17T12:00"] * 3, ["2026-05-17T12:00", "2026-05-17T12:05"]
    assert store(connection, readings(thrice, [1.0, 2.0, 3.0]), newer=_cut(newer, 3)) == StoreResult(1, 2)
    assert store(connection, readings(both, [4.0, 5.0]), newer=_cut(newer, 2)) == StoreResult(1, 1)
    connection.commit()
    assert store(connection, readings(both, [6.0, 7.0]), newer=_cut(newer, 2)) == StoreResult(0, 2)
    assert [row.raw for row in pages.readings(connection, Window(series_key, *DAY))] == [1.0, 5.0]
    assert [row.raw for row in pages.latest(connection, LatestWanted(observed_property="pm2_5"))] == [5.0]


def test_the_latest_reading_is_the_newest_in_time(connection: psycopg.Connection, readings: Make) -> None:
    """A backlog that comes later does not replace a newer reading."""
    assert last_time(connection) is None
    store(connection, readings(["2026-05-17T12:00", "2026-05-17T12:10", "2026-05-17T12:05"], [1.0, 2.0, 3.0]))
    store(connection, readings(["2026-05-17T11:00"], [4.0]))
    (row,) = pages.latest(connection, LatestWanted(observed_property="pm2_5"))
    assert (row.raw, row.time) == (2.0, datetime(2026, 5, 17, 12, 10, tzinfo=UTC))
    assert (row.station_id, row.latitude, row.unit, row.sensor_model) == ("hilversum-1", 52.2251, "ug/m3", "SPS30")
    assert last_time(connection) == row.time


def test_the_latest_readings_are_chosen_by_property_place_and_time(
    connection: psycopg.Connection, readings: Make
) -> None:
    """Each choice leaves out what does not fit it."""
    store(connection, readings(["2026-05-17T12:00"], [1.0]))
    assert len(pages.latest(connection, LatestWanted(station_id="hilversum-1", bbox=(5.0, 52.0, 6.0, 53.0)))) == 1
    assert pages.latest(connection, LatestWanted(observed_property="no2")) == []
    assert pages.latest(connection, LatestWanted(bbox=(6.0, 52.0, 7.0, 53.0))) == []


def test_what_is_late_goes_in_beside_what_is_newer(
    connection: psycopg.Connection, readings: Make, series_key: int
) -> None:
    """A batch of both stores each once, and the newest is the latest."""
    store(connection, readings(["2026-05-17T12:00", "2026-05-17T12:05"], [1.0, 2.0]))
    times = ["2026-05-17T12:10", "2026-05-17T12:05", "2026-05-17T11:55", "2026-05-17T12:15"]
    newer = np.array([True, False, False, True])
    assert store(connection, readings(times, [3.0, 9.0, 0.0, 4.0]), newer=newer) == StoreResult(3, 1)
    assert [row.raw for row in pages.readings(connection, Window(series_key, *DAY))] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [row.raw for row in pages.latest(connection, LatestWanted(observed_property="pm2_5"))] == [4.0]


def test_an_empty_batch_is_stored(connection: psycopg.Connection, readings: Make) -> None:
    """No readings are no error."""
    assert store(connection, readings([], [])) == StoreResult(0, 0)


@straight
@pytest.mark.parametrize(
    ("times", "raw", "error"),
    [
        (["2026-05-17T12:00"], [np.nan], psycopg.IntegrityError),
        (["2026-05-17T12:00"], [np.inf], psycopg.IntegrityError),
        (["2026-05-17T12:00"], [-np.inf], psycopg.IntegrityError),
        (["NaT"], [1.0], ValueError),
    ],
)
def test_what_is_no_reading_is_refused(
    connection: psycopg.Connection,
    readings: Make,
    times: Sequence[str],
    raw: Sequence[float],
    error: type[Exception],
    newer: Mask,
) -> None:
    """A raw value that is not finite, or no time, is refused as an error in the data."""
    with pytest.raises(error):
        store(connection, readings(times, raw), newer=_cut(newer, 1))


def test_columns_of_unequal_length_are_refused(connection: psycopg.Connection, readings: Make) -> None:
    """A column that is too long is an error before anything is sent."""
    columns = readings(["2026-05-17T12:00"], [1.0, 2.0])
    with pytest.raises(IndexError):
        store(connection, readings(["2026-05-17T12:00", "2026-05-17T12:05"], [1.0]))
    assert store(connection, columns).stored == 1


@straight
def test_a_connection_in_autocommit_is_refused(database_url: str, readings: Make, newer: Mask) -> None:
    """Where each statement is its own transaction the staged rows would be gone, so it is refused."""
    with connect(database_url) as conn:
        conn.autocommit = True
        with pytest.raises(AutocommitError, match="without autocommit"):
            store(conn, readings(["2026-05-17T12:00"], [1.0]), newer=_cut(newer, 1))


def test_what_is_rolled_back_can_be_stored_again(database_url: str, readings: Make, series_key: int) -> None:
    """A batch that the caller rolls back leaves nothing, and the connection stores the next one."""
    with connect(database_url) as conn:
        store(conn, readings(["2026-05-17T12:00"], [1.0]))
        conn.rollback()
        assert pages.readings(conn, Window(series_key, *DAY)) == []
        assert store(conn, readings(["2026-05-17T12:00"], [1.0])).stored == 1


@straight
def test_two_writers_of_the_same_readings_store_each_once(
    database_url: str, readings: Make, series_key: int, newer: Mask
) -> None:
    """A second writer waits for the first and counts what that stored as duplicates, whatever the order of its rows."""
    results: list[StoreResult] = []
    times = [f"2026-05-17T12:{minute:02}" for minute in range(0, 50, 10)]
    with connect(database_url) as first, connect(database_url) as second:
        results.append(store(first, readings(times[:4], [0.0, 1.0, 2.0, 3.0]), newer=_cut(newer, 4)))
        backwards = readings(times[:0:-1], [4.0, 3.0, 2.0, 1.0])
        thread = threading.Thread(target=lambda: results.append(store(second, backwards, newer=_cut(newer, 4))))
        thread.start()
        thread.join(timeout=0.2)
        assert thread.is_alive()
        first.commit()
        thread.join(timeout=20)
        second.commit()
        assert results == [StoreResult(4, 0), StoreResult(1, 3)]
        assert [row.raw for row in pages.readings(second, Window(series_key, *DAY))] == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_pages_hold_each_reading_once(connection: psycopg.Connection, readings: Make, series_key: int, at: At) -> None:
    """Pages go on after the last time, and the end of the range is not in it."""
    times = [f"2026-05-17T12:{minute:02}" for minute in range(0, 50, 10)]
    store(connection, readings(times, [0.0, 1.0, 2.0, 3.0, 4.0]))
    begin, end = at("2026-05-17 12:00"), at("2026-05-17 12:40")
    first = pages.readings(connection, Window(series_key, begin, end, limit=3))
    second = pages.readings(connection, Window(series_key, begin, end, after=first[-1].time, limit=3))
    assert [row.raw for row in first] == [0.0, 1.0, 2.0]
    assert [row.raw for row in second] == [3.0]


def test_recent_readings_are_the_last_of_each_series(
    connection: psycopg.Connection, readings: Make, series_key: int, new_station: Callable[..., NewStation], at: At
) -> None:
    """Of each series the last readings since a time come back as they went in, ordered by series and time."""
    add_station(connection, new_station("other"))
    (other,) = claim_series(connection, [SeriesName("other", "sps30-0", "SPS30", "pm2_5", "ug/m3")])
    times = ["2026-05-17T12:00", "2026-05-17T12:05", "2026-05-17T12:10"]
    store(connection, readings(times, [1.0, 2.0, 3.0], value=[0.5, np.nan, 1.5], flags=[1, 2, 4]))
    store(connection, readings(times[:1], [9.0], series_key=[other.series_key]))
    found = recent(connection, [other.series_key, series_key, 999], count=2, since=at("2026-05-17 12:00"))
    assert found.series_key.tolist() == [series_key, series_key, other.series_key]
    assert found.time.tolist() == [np.datetime64(t, "us").item() for t in (times[1], times[2], times[0])]
    assert found.raw.tolist() == [2.0, 3.0, 9.0]
    np.testing.assert_array_equal(found.value, [np.nan, 1.5, np.nan])
    assert found.flags.tolist() == [2, 4, 0]
    assert found.calibration_key.tolist() == [0, 0, 0]
    assert recent(connection, [series_key], count=9, since=at("2026-05-17 12:06")).raw.tolist() == [3.0]
    assert recent(connection, [], count=9, since=at("2026-05-17 12:06")).raw.tolist() == []


def _cut(newer: Mask, count: int) -> Mask:
    return None if newer is None else newer[:count]
