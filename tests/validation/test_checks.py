"""Exact flag vectors of the reading-level checks."""

import numpy as np
import numpy.typing as npt
import pytest

from validation.checks import (
    check,
    condensation,
    duplicate_clock,
    gross_range,
    humidity_high,
    rate,
    spike,
    stuck,
)
from validation.flags import Flag
from validation.policy import PROPERTIES


def minutes(*at: int) -> npt.NDArray[np.datetime64]:
    return np.datetime64("2026-05-17T22:00:00", "us") + np.array(at) * np.timedelta64(1, "m")


def same(mask: npt.NDArray[np.bool_], expected: list[int]) -> bool:
    return np.flatnonzero(mask).tolist() == expected


def test_gross_range_takes_the_bounds_in_and_leaves_nan_alone() -> None:
    """Values on a bound pass, values beyond it and infinities fail, NaN is not judged."""
    value = np.array([-5.0, -5.1, 0.0, 1000.0, 1000.1, np.nan, np.inf])
    assert same(gross_range(value, -5.0, 1000.0), [1, 4, 6])


def test_stuck_counts_within_a_series_and_across_short_gaps_only() -> None:
    """The third equal value in a row is stuck; another series or a gap over an hour starts anew."""
    value = np.array([3.0, 3.0, 3.0, 3.0, 3.0, 7.0, 7.0, 7.0])
    series = np.array([1, 1, 1, 1, 2, 2, 2, 2])
    time = minutes(0, 5, 10, 15, 0, 5, 70, 75)
    assert same(stuck(value, series, time, run=3), [2, 3])


def test_a_row_may_begin_anywhere_and_an_hour_is_a_short_gap() -> None:
    """What other series sent before does not matter, nor for how long; a gap of exactly an hour ends nothing."""
    value, series = np.array([9.0, 3.0, 3.0, 3.0]), np.array([1, 2, 2, 2])
    assert same(stuck(value, series, minutes(0, 100, 110, 170), run=3), [3])
    assert not stuck(value, series, minutes(0, 100, 110, 171), run=3).any()


def test_nan_is_never_stuck() -> None:
    """Missing values in a row are missing, not stuck."""
    assert not stuck(np.full(4, np.nan), np.ones(4, np.int64), minutes(0, 5, 10, 15), run=2).any()


def test_a_single_spike_is_found_and_what_follows_passes() -> None:
    """One reading far above its past is a spike; the normal ones after it are not."""
    value = np.array([10.0, 11.0, 10.0, 12.0, 300.0, 11.0, 10.0])
    assert same(spike(value, np.ones(7, np.int64), minutes(*range(0, 35, 5)), margin=40.0), [4])


def test_the_third_high_reading_is_an_episode() -> None:
    """Two high readings in a row are flagged, from the third on the air is believed."""
    value = np.array([10.0, 11.0, 10.0, 300.0, 310.0, 305.0, 300.0])
    assert same(spike(value, np.ones(7, np.int64), minutes(*range(0, 35, 5)), margin=40.0), [3, 4])


def test_a_spike_needs_three_earlier_readings_of_its_own_series() -> None:
    """Nothing is judged on fewer than three readings, and another series' readings do not count."""
    value = np.array([10.0, 10.0, 10.0, 10.0, 10.0, 300.0])
    series = np.array([1, 1, 1, 1, 2, 2])
    assert not spike(value, series, minutes(0, 5, 10, 15, 20, 25), margin=40.0).any()


def test_three_earlier_readings_are_enough() -> None:
    """In air of zero the fourth reading of all is a spike from just above the margin on."""
    series, time = np.ones(4, np.int64), minutes(0, 5, 10, 15)
    assert same(spike(np.array([0.0, 0.0, 0.0, 40.5]), series, time, margin=40.0), [3])
    assert not spike(np.array([0.0, 0.0, 0.0, 40.0]), series, time, margin=40.0).any()


def test_a_signed_property_is_judged_downwards_too() -> None:
    """A temperature that falls 30 degrees for one reading is a spike, a concentration that falls is not."""
    value = np.array([20.0, 20.1, 20.0, 20.2, -10.0])
    series, time = np.ones(5, np.int64), minutes(0, 5, 10, 15, 20)
    assert same(spike(value, series, time, margin=8.0, signed=True), [4])
    assert not spike(value, series, time, margin=8.0).any()


def test_rate_is_per_hour_and_within_a_series() -> None:
    """A rise of 10 in five minutes is 120 an hour; across series nothing is compared."""
    value = np.array([10.0, 20.0, 25.0, 500.0])
    series = np.array([1, 1, 1, 2])
    assert same(rate(value, series, minutes(0, 5, 10, 15), per_hour=100.0), [1])
    assert same(rate(value[[0, 0, 1]], series[:3], minutes(0, 60, 65), per_hour=100.0), [2])


def test_two_readings_in_one_second_are_not_infinitely_fast() -> None:
    """Readings closer than a minute are judged as a minute apart."""
    value, series = np.array([10.0, 11.0]), np.ones(2, np.int64)
    assert not rate(value, series, minutes(0, 0), per_hour=100.0).any()


def test_humidity_bounds_are_exclusive() -> None:
    """Exactly 90 % and 97 % pass; NaN is not judged."""
    humidity = np.array([90.0, 90.1, 97.0, 97.1, np.nan])
    assert same(humidity_high(humidity), [1, 2, 3])
    assert same(condensation(humidity), [3])


def test_duplicate_clock_needs_another_value() -> None:
    """The same time with another value is a standing clock, with the same value a message sent twice."""
    value = np.array([5.0, 6.0, 7.0, 7.0, 8.0])
    assert same(duplicate_clock(value, np.array([1, 1, 1, 1, 2]), minutes(0, 0, 5, 5, 5)), [1])


def test_check_joins_the_findings_of_mixed_properties() -> None:
    """Each reading is judged by the thresholds of its own property, humidity only where particles are counted."""
    value = np.array([1500.0, 1500.0, np.nan, 20.0])
    flags = check(
        value, np.array([1, 2, 3, 4]), minutes(0, 0, 0, 0), ["pm2_5", "co2", "pm10", "temperature"], np.full(4, 95.0)
    )
    assert flags.tolist() == [
        Flag.RANGE | Flag.HUMIDITY_HIGH,
        0,
        Flag.MISSING | Flag.HUMIDITY_HIGH,
        0,
    ]


def test_no_readings_give_no_flags() -> None:
    """An empty batch is checked without complaint."""
    empty = np.array([])
    assert check(empty, np.array([], np.int64), minutes(), [], empty).tolist() == []


@pytest.mark.parametrize("name", sorted(PROPERTIES))
def test_every_policy_leaves_room(name: str) -> None:
    """A property's range is not empty and its margins are positive."""
    limits = PROPERTIES[name]
    assert limits.low < limits.high
    assert min(limits.unit_scale, limits.spike_margin, limits.reading_margin, limits.rate_per_hour) > 0
    assert limits.stuck_run > 2
