"""A batch behind what its series had before, and what is found in it."""

import numpy as np
import numpy.typing as npt
import pytest

from ingest.series_table import TAIL, SeriesTable
from ingest.timeline import Columns, Timeline, last_before, lay_out, remember
from storage.rows import Series

MINUTE = 60_000_000
T0 = 1_779_056_580_000_000


def _timeline(*readings: tuple[int, int, float, int]) -> Timeline:
    row, minute, raw, source = zip(*readings, strict=True)
    return Timeline(np.array(row), T0 + MINUTE * np.array(minute), np.array(raw, float), np.array(source))


def _columns(*readings: tuple[int, int, float]) -> Columns:
    row, minute, raw = zip(*readings, strict=True)
    time: npt.NDArray[np.int64] = T0 + MINUTE * np.array(minute)
    none = np.zeros(len(row), np.int64)
    return Columns(none, np.array(row), time, time, np.array(raw, float), none.astype(np.int32))


@pytest.fixture
def table() -> SeriesTable:
    """Give a table with three series of one station: humidity is row 0."""
    table = SeriesTable()
    names = ["relative_humidity", "pm2_5", "pm10"]
    table.learn([Series(10 + n, 1, "st-1", "x-0", "X", name, "1") for n, name in enumerate(names)])
    return table


def test_the_last_value_at_or_before_is_found() -> None:
    """At the very time, between two readings, before the first, too long after the last, of another series."""
    timeline = _timeline((0, 0, 50.0, -1), (0, 10, 60.0, 0), (2, 5, 7.0, 1))
    minutes = np.array([0, 9, 10, 69, 71, -1, 10, 6])
    rows = np.array([0, 0, 0, 0, 0, 0, 1, 2])
    found = last_before(timeline, rows, T0 + MINUTE * minutes, within=60 * MINUTE)
    np.testing.assert_array_equal(found, [50, 50, 60, 60, np.nan, np.nan, np.nan, 7])


def test_nothing_is_found_where_nothing_is() -> None:
    """An empty timeline answers with NaN."""
    empty = np.zeros(0, np.int64)
    found = last_before(
        Timeline(empty, empty, empty.astype(float), empty), np.array([0]), np.array([T0]), within=MINUTE
    )
    assert np.isnan(found).all()


def test_repeats_are_told_from_contradictions() -> None:
    """The same reading twice is one; another value at the same time makes two, of which storage keeps the first."""
    timeline = _timeline((1, 0, 5.0, 0), (1, 0, 5.0, 1), (1, 0, 6.0, 2), (2, 0, 6.0, 3))
    assert timeline.without_repeats().source.tolist() == [0, 2, 3]
    assert timeline.as_stored().source.tolist() == [0, 3]


def test_the_tail_is_what_came_last(table: SeriesTable) -> None:
    """After many readings the tail holds the last ones in order, and the next batch stands behind them."""
    for begin in (0, 10, 20):
        batch = _columns(*((1, minute, float(minute)) for minute in range(begin, begin + 10)))
        remember(lay_out(batch, table), table)
    assert table.tail_raw[1].tolist() == [float(minute) for minute in range(30 - TAIL, 30)]
    laid = lay_out(_columns((1, 5, -5.0), (1, 30, 30.0)), table)
    assert laid.raw.tolist() == [-5.0, *range(30 - TAIL, 30), 30.0]  # a late reading stands where it belongs
    assert np.flatnonzero(laid.new).tolist() == [0, TAIL + 1]


def test_companions_stand_in_the_timeline(table: SeriesTable) -> None:
    """The humidity of a station is laid out beside its particles, though the batch has none."""
    remember(lay_out(_columns((0, 0, 80.0)), table), table)
    assert lay_out(_columns((1, 1, 5.0)), table).row.tolist() == [0, 1]
    assert table.companion["relative_humidity"][:3].tolist() == [0, 0, 0]
    assert table.companion["temperature"][:3].tolist() == [-1, -1, -1]
