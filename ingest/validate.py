"""The stages check and calibrate: puts a batch in the shape that validation takes, and its findings beside the raw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.series_table import Floats, Ints, SeriesTable
from ingest.timeline import Columns, Timeline, last_before
from storage.rows import Calibration
from validation.flags import Flag

Flags = npt.NDArray[np.int32]

WEATHER_AGE = 3600 * 1_000_000
"""How old a station's humidity and temperature may be beside a reading [µs]."""


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

    def load(self, calibrations: Sequence[Calibration], table: SeriesTable) -> None:
        """Take over the current calibrations."""

    def check(self, timeline: Timeline, columns: Columns, table: SeriesTable) -> Flags:
        """Flag the readings of the batch, in its order."""
        return columns.flags

    def calibrate(self, timeline: Timeline, columns: Columns, table: SeriesTable) -> Valued:
        """Give each reading a value and an interval where a calibration is there for it."""
        nothing = np.full(len(columns.row), np.nan)
        humidity = last_before(timeline, table.humidity_row[columns.row], columns.time, within=WEATHER_AGE)
        temperature = last_before(timeline, table.temperature_row[columns.row], columns.time, within=WEATHER_AGE)
        flags = columns.flags | np.int32(Flag.NOT_CALIBRATED)
        return Valued(nothing, nothing, nothing, flags, np.zeros(len(columns.row), np.int64))
