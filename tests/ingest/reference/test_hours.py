"""Hours: validity, intervals and the two hours that bear one name."""

import itertools
import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from ingest.reference.errors import ReferenceShapeError
from ingest.reference.hours import columns, full_hour, reference_value, windows

BEGIN = datetime(2026, 5, 17, 22, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("sent", "value", "validity"),
    [
        (12.5, 12.5, 1),
        (0.0, 0.0, 1),
        (-1.5, -1.5, 2),
        (-10.0, -10.0, 2),
        (-10.5, -10.5, -1),
        (-999.0, math.nan, -1),
        (-99.0, math.nan, -1),
        (9999.0, math.nan, -1),
        (None, math.nan, -1),
        (math.inf, math.nan, -1),
    ],
)
def test_a_value_gets_its_validity(sent: float | None, value: float, validity: int) -> None:
    """Noise below zero is valid below detection, sentinels and nothing are not valid and have no value."""
    found = reference_value("NL10404", "pm2_5", BEGIN, sent=sent, unit="ug/m3")
    assert (found.validity, found.verification) == (validity, 3)
    assert found.value == pytest.approx(value, nan_ok=True)


def test_a_sentinel_is_seen_before_the_unit_is_converted() -> None:
    """-999 ppb is no value, and not -1910 µg/m³."""
    assert math.isnan(reference_value("a", "no2", BEGIN, sent=-999.0, unit="ppb").value)


def test_a_mixing_ratio_becomes_mass() -> None:
    """20 ppb of NO2 are 38.25 µg/m³."""
    assert reference_value("a", "no2", BEGIN, sent=20.0, unit="ppb").value == pytest.approx(38.25)


def test_a_doubted_value_is_kept_and_not_valid() -> None:
    """What the network itself flags keeps its value with validity -1."""
    found = reference_value("a", "o3", BEGIN, sent=80.0, unit="ug/m3", trusted=False)
    assert (found.value, found.validity) == (80.0, -1)


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    """02:00 before and after the clock goes back are two hours of UTC."""
    summer, winter = (
        datetime.fromisoformat("2026-10-25T02:00:00+02:00"),
        datetime.fromisoformat("2026-10-25T02:00:00+01:00"),
    )
    assert full_hour(winter) - full_hour(summer) == timedelta(hours=1)


@pytest.mark.parametrize("time", [datetime(2026, 10, 25, 2), datetime(2026, 10, 25, 2, 30, tzinfo=UTC)])  # noqa: DTZ001
def test_a_time_that_names_no_single_hour_is_refused(time: datetime) -> None:
    """A time without offset, or within the hour, is refused and not guessed."""
    with pytest.raises(ReferenceShapeError, match="2026-10-25T02"):
        full_hour(time)


def test_columns_keep_the_later_of_two_values() -> None:
    """An hour that two pages both bring appears once, with the later value."""
    first = reference_value("a", "pm10", BEGIN, sent=1.0, unit="ug/m3")
    later = reference_value("a", "pm10", BEGIN, sent=2.0, unit="ug/m3")
    found = columns([first, later])
    assert found.value.tolist() == [2.0]
    assert found.begin.tolist() == [BEGIN.replace(tzinfo=None)]
    assert found.begin.dtype == np.dtype("datetime64[us]")


def test_windows_cover_a_clock_change_without_gap() -> None:
    """A local day of 25 hours is cut into pieces that follow each other and last 25 hours together."""
    begin, end = datetime(2026, 10, 25, tzinfo=AMSTERDAM), datetime(2026, 10, 26, tzinfo=AMSTERDAM)
    pieces = list(windows(begin, end, timedelta(hours=10)))
    assert [(last - first) / timedelta(hours=1) for first, last in pieces] == [10.0, 10.0, 5.0]
    assert all(before[1] == after[0] for before, after in itertools.pairwise(pieces))


def test_windows_refuse_a_time_without_offset() -> None:
    """An interval in unknown time is a mistake of the caller."""
    with pytest.raises(ValueError, match="offset from UTC"):
        list(windows(BEGIN.replace(tzinfo=None), BEGIN, timedelta(days=1)))
