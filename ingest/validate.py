"""The stages check and calibrate: puts a batch in the shape that validation takes, and its findings beside the raw."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import psycopg

from ingest.current import Current, CurrentCalibrations
from ingest.series_table import Floats, Ints, SeriesTable
from ingest.timeline import Columns, Timeline, last_before
from ingest.vocabulary import PROPERTIES
from validation.checks import check
from validation.features import WEATHER
from validation.flags import FAIL, Flag
from validation.policy import DEFAULT
from validation.weather import nowcast

Flags = npt.NDArray[np.int32]

BESIDE = 3600 * 1_000_000
"""How old the humidity, temperature or other gas beside a reading may be [µs]."""

_UNUSED = FAIL | Flag.PAUSED
_NAMES = np.array(PROPERTIES)


@dataclass(frozen=True, slots=True)
class Valued:
    """What calibration adds to the readings of a batch, in their order; NaN and key 0 where it adds nothing."""

    value: Floats
    lower: Floats
    upper: Floats
    flags: Flags
    calibration_key: Ints


class Validation:
    """Checks readings and calibrates them with what is current."""

    def __init__(self) -> None:
        self._current = CurrentCalibrations()

    def refresh(self, connection: psycopg.Connection, at: datetime) -> None:
        """Learn which calibrations are current."""
        self._current.refresh(connection, at)

    def check(self, timeline: Timeline, columns: Columns, table: SeriesTable) -> Flags:
        """Flag the readings of the batch, in its order."""
        flags = columns.flags.copy()
        judged = timeline.without_repeats()
        names = _NAMES[table.property_code[judged.row]].tolist()
        humidity = _beside(timeline, judged.row, judged.time, "relative_humidity", table)
        found = check(judged.raw, judged.row, judged.time.view("datetime64[us]"), names, humidity)
        flags[judged.source[judged.new]] |= found[judged.new]
        return flags

    def calibrate(self, timeline: Timeline, columns: Columns, table: SeriesTable) -> Valued:
        """Give each reading that passed its checks a value and an interval, where a calibration is there for it."""
        value, lower, upper = np.full((3, len(columns.row)), np.nan)
        flags = columns.flags.copy()
        key = np.zeros(len(columns.row), np.int64)
        passed = (flags & _UNUSED) == 0
        calibrated = np.zeros(len(columns.row), np.bool_)
        for name, everyone, at in self._of_batch(columns, table, passed):
            current, row = everyone.of(table.series_key[columns.row[at]])
            beside = [_beside(timeline, columns.row[at], columns.time[at], each, table) for each in _looked_at(current)]
            found = nowcast(
                current.calibrations, row, columns.raw[at], beside[0], beside[1],
                columns.time[at].view("datetime64[us]"), observed_property=name, others=_stack(beside[2:]),
            )  # fmt: skip
            value[at], lower[at], upper[at] = found.value, found.lower, found.upper
            flags[at] |= found.flags
            key[at] = np.where(row >= 0, current.calibration_key[row], 0)
            calibrated[at] = True
        flags[passed & ~calibrated] |= Flag.NOT_CALIBRATED
        return Valued(value, lower, upper, flags, key)

    def _of_batch(
        self, columns: Columns, table: SeriesTable, passed: npt.NDArray[np.bool_]
    ) -> Iterator[tuple[str, Current, Ints]]:
        """Go through the observed properties that have calibrations, with the readings that are of each."""
        code = table.property_code[columns.row]
        for name, current in self._current:
            at = np.flatnonzero(passed & (code == PROPERTIES.index(name)))
            if len(at):
                yield name, current, at


def _looked_at(current: Current) -> list[str]:
    return [*WEATHER, *current.others()]


def _stack(others: list[Floats]) -> Floats | None:
    return np.stack(others, axis=1) if others else None


def _beside(timeline: Timeline, row: Ints, time: Ints, name: str, table: SeriesTable) -> Floats:
    """Find the last believable value of a companion property at each reading's station, NaN where there is none."""
    companion = table.companion.get(name)
    if companion is None:
        return np.full(len(row), np.nan)
    found = last_before(timeline, companion[row], time, within=BESIDE)
    limits = DEFAULT.of(name)
    return np.where((found >= limits.low) & (found <= limits.high), found, np.nan)
