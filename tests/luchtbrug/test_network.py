"""From rows of storage to the matrices of validation."""

from datetime import UTC, datetime

import numpy as np
import pytest

from luchtbrug.jobs.network import hour_index, hour_range, numpy_hour, reference_matrix, utc
from storage.rows import ReferenceHours, ReferenceStation

BEGIN, END = datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 4, tzinfo=UTC)
STATIONS = [ReferenceStation(name, "test", name, 52.0, 5.0) for name in ("A", "B")]


def rows(*values: tuple[str, int, float, int]) -> ReferenceHours:
    """Make official hours of (station, hour of the day, value, validity)."""
    return ReferenceHours(
        reference_station_id=tuple(row[0] for row in values),
        observed_property=("pm2_5",) * len(values),
        begin=np.array([np.datetime64("2026-03-29T00", "us") + np.timedelta64(row[1], "h") for row in values]),
        value=np.array([row[2] for row in values]),
        validity=np.array([row[3] for row in values]),
        verification=np.full(len(values), 3),
    )


def test_official_hours_are_laid_beside_each_other() -> None:
    """Each value stands at its hour and station; what the network calls not valid, and what is missing, is NaN."""
    found = reference_matrix(
        rows(("B", 0, 5.0, 1), ("A", 1, 7.0, 2), ("A", 2, 99.0, -1), ("B", 3, np.nan, -99)),
        STATIONS,
        hour_range(BEGIN, END),
    )
    nan = np.nan
    np.testing.assert_array_equal(found, [[nan, 5], [7, nan], [nan, nan], [nan, nan]])


def test_no_official_hours_are_no_error() -> None:
    """A network that is silent gives a matrix of NaN."""
    assert np.isnan(reference_matrix(rows(), STATIONS, hour_range(BEGIN, END))).all()


def test_hours_are_counted_in_utc() -> None:
    """The night when clocks go forward has all its hours."""
    hours = hour_range(BEGIN, END)
    assert len(hours) == 4
    assert list(hour_index(hours.astype("datetime64[us]"), hours)) == [0, 1, 2, 3]
    assert utc(hours[2]) == datetime(2026, 3, 29, 2, tzinfo=UTC)


@pytest.mark.parametrize("minute", [0, 59])
def test_a_time_belongs_to_the_hour_that_holds_it(minute: int) -> None:
    """Minutes are cut off, not rounded."""
    assert numpy_hour(datetime(2026, 3, 29, 2, minute, tzinfo=UTC)) == np.datetime64("2026-03-29T02", "h")
