"""A batch laid out by series and time, behind the last readings that each of its series already had.

Checks, the weather beside a reading and the memory of the last readings are all read off this one layout.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.series_table import NEVER, TAIL, Floats, Ints, SeriesTable

_MILLISECONDS_BITS = 40  # 34 years within one batch; the rest of an int64 numbers 8 million series


@dataclass(frozen=True, slots=True)
class Columns:
    """Readings of a batch, in the order they came: equally long columns.

    `message` is the index of the message, `row` that of the series; times are µs since 1970, `flags` a bit mask.
    """

    message: Ints
    row: Ints
    time: Ints
    received: Ints
    raw: Floats
    flags: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Readings ordered by (row, time); `source` is the index in the batch, -1 for one that was stored before."""

    row: Ints
    time: Ints
    raw: Floats
    source: Ints

    @property
    def new(self) -> npt.NDArray[np.bool_]:
        """Say which readings are of the batch."""
        return self.source >= 0

    def without_repeats(self) -> "Timeline":
        """Leave out every reading that has the series and time of the one before it: storage keeps only the first."""
        first = np.ones(len(self.row), np.bool_)
        first[1:] = (self.row[1:] != self.row[:-1]) | (self.time[1:] != self.time[:-1])
        return Timeline(self.row[first], self.time[first], self.raw[first], self.source[first])


def lay_out(columns: Columns, table: SeriesTable) -> Timeline:
    """Put the batch behind the tails of its series and of their stations' humidity and temperature."""
    rows = series_of(columns, table)
    tail_time = table.tail_time[rows]
    there = tail_time != NEVER
    row = np.concatenate([np.repeat(rows, there.sum(axis=1)), columns.row])
    time = np.concatenate([tail_time[there], columns.time])
    raw = np.concatenate([table.tail_raw[rows][there], columns.raw])
    source = np.concatenate([np.full(int(there.sum()), -1, np.int64), np.arange(len(columns.row))])
    order = np.lexsort((time, row))  # stable: of equal times the stored reading stays first
    return Timeline(row[order], time[order], raw[order], source[order])


def series_of(columns: Columns, table: SeriesTable) -> Ints:
    """List the rows that a batch touches or needs the weather of, ascending."""
    rows = np.unique(columns.row)
    weather = np.concatenate([table.humidity_row[rows], table.temperature_row[rows]])
    return np.union1d(rows, weather[weather >= 0])


def remember(timeline: Timeline, table: SeriesTable) -> None:
    """Keep the last readings of every series of the timeline as its new tail; call it only after the commit."""
    kept = timeline.without_repeats()
    rows, first = np.unique(kept.row, return_index=True)
    end = np.append(first[1:], len(kept.row))
    index = end[:, None] - TAIL + np.arange(TAIL)
    there = index >= first[:, None]
    table.tail_time[rows] = np.where(there, kept.time[index * there], NEVER)
    table.tail_raw[rows] = np.where(there, kept.raw[index * there], np.nan)
    table.warm[rows] = True


def last_before(timeline: Timeline, row: Ints, time: Ints, *, within: int) -> Floats:
    """Find the last raw value of each row at or before each time, NaN where there is none `within` µs of it."""
    if not len(timeline.row):
        return np.full(len(row), np.nan)
    start = int(timeline.time.min())
    found = np.searchsorted(
        _key(timeline.row, timeline.time, start), _key(row, np.maximum(time, start), start), side="right"
    )
    index = np.maximum(found - 1, 0)
    near = (found > 0) & (timeline.row[index] == row) & (time - timeline.time[index] <= within)
    return np.where(near & (timeline.time[index] <= time), timeline.raw[index], np.nan)


def _key(row: Ints, time: Ints, start: int) -> Ints:
    milliseconds = np.clip((time - start) // 1000, 0, (1 << _MILLISECONDS_BITS) - 1)
    return (row << _MILLISECONDS_BITS) | milliseconds
