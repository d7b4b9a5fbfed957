"""Hotspots: planted ones are found, and a town without any has hardly any."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import stdtr

from validation.hotspots import Hotspots, find, neighbours

Floats = npt.NDArray[np.float64]
DAYS, STATIONS = 14, 80
SEEDS = range(8)
ERROR = 1.0
MEDIAN = 1.2533  # standard error of a median, in those of a mean
UNIT = 1 / 1.4826  # one, in the scale of a series that is always one off


def town(seed: int) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Give a fortnight of values (D,24,S) with heavy tails and a calibration of its own a station; and who is near."""
    generator = np.random.default_rng(seed)
    air = (
        12
        + 6 * np.sin(np.arange(DAYS * 24).reshape(DAYS, 24, 1) / 24 * 2 * np.pi)
        + generator.gamma(2, 2, (DAYS, 24, 1))
    )
    bias = generator.normal(0, ERROR, STATIONS)
    gain = 1 + generator.normal(0, 0.04, STATIONS)
    value = (
        air * gain + bias + generator.standard_t(3, (DAYS, 24, STATIONS)) + generator.standard_t(4, (DAYS, 1, STATIONS))
    )
    value[generator.random(value.shape) < 0.05] = np.nan
    latitude, longitude = 52.2 + generator.uniform(0, 0.06, STATIONS), 5.1 + generator.uniform(0, 0.1, STATIONS)
    return value, np.full(value.shape, ERROR), neighbours(latitude, longitude)


def test_a_town_without_hotspots_has_hardly_any() -> None:
    """Of eight towns of 80 stations with heavy tails, 3200 questions, at most two have one."""
    found = [find(*town(seed), least_excess=0.0).station.size for seed in SEEDS]
    assert sum(count > 0 for count in found) <= 2
    assert sum(found) <= 4


def test_a_street_that_is_high_all_day_is_a_place() -> None:
    """Eight above the neighbours is more than the intervals allow, and it is told with its size."""
    value, error, near = town(1)
    value[:, :, 7] += 8.0
    found = find(value, error, near)
    assert (int(found.station[0]), int(found.quarter[0])) == (7, -1)
    assert found.excess[0] == pytest.approx(8, abs=2.5)
    assert found.days[0] >= 7


def test_evenings_of_wood_smoke_are_hours() -> None:
    """Ten above from 18 to 24 h is found in that quarter, where a bias within the interval is not found at all."""
    value, error, near = town(2)
    value[:, 18:, 11] += 10.0
    wide = np.full_like(error, 3.0)  # too uncertain for any place
    wide_value = value.copy()
    wide_value[:, :, 30] += 6.0
    found = find(wide_value, wide, near)
    assert (11, 3) in _pairs(found)
    assert not [pair for pair in _pairs(found) if pair[0] == 30]


def test_a_station_with_two_neighbours_is_not_judged() -> None:
    """Alone with two others nobody can say who stands out."""
    value = np.full((DAYS, 24, 3), 10.0) + np.random.default_rng(3).normal(0, 0.1, (DAYS, 24, 3))
    value[:, :, 0] += 50
    near = neighbours(np.array([52.2, 52.201, 52.202]), np.array([5.1, 5.1, 5.1]))
    assert find(value, np.full_like(value, 0.5), near).station.size == 0


def test_a_week_of_gaps_is_no_evidence() -> None:
    """With six days nothing is said, however high they are."""
    value, error, near = town(4)
    value[:, :, 5] += 40.0
    value[6:, :, 5] = np.nan
    assert 5 not in find(value, error, near).station


def test_neighbours_are_within_reach_and_not_oneself() -> None:
    """Three in a row and one far away: the row sees two each, the far one nobody."""
    near = neighbours(np.array([52.2, 52.205, 52.21, 53.0]), np.full(4, 5.1))
    assert [sorted(int(one) for one in row if one < 4) for row in near] == [[1, 2], [0, 2], [0, 1], []]


def test_stations_at_one_spot_are_neighbours_of_each_other() -> None:
    """Two boards on one post have each other, not themselves."""
    near = neighbours(np.full(2, 52.2), np.full(2, 5.1))
    assert [[int(one) for one in row if one < 2] for row in near] == [[1], [0]]


def test_no_stations_have_no_neighbours() -> None:
    """Before the first station there is nothing to ask, and no warning of it."""
    assert neighbours(np.zeros(0), np.zeros(0)).shape == (0, 8)


def test_what_is_off_all_day_is_weighed_against_both_intervals() -> None:
    """Ten above eight equal neighbours, each with a standard error of 2: that of the station whole, theirs as of a
    median."""
    found = _ten_above(np.full(DAYS, 10.0), 2.0)
    z = 10.0 / np.hypot(2.0, MEDIAN * 2.0 / np.sqrt(8))
    assert (found.z[0], found.p[0]) == pytest.approx((z, stdtr(DAYS - 1, -z)))
    assert (found.excess.tolist(), found.days.tolist(), found.level.tolist()) == ([10.0], [DAYS], [10.0])


@pytest.mark.parametrize(
    ("days", "lag"),
    [
        ([1, -1] * 7, 0.0),
        ([100, 100, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, -1], (9 - 3 * UNIT - UNIT**2) / (9 + 12 * UNIT**2)),
    ],
)
def test_days_that_follow_each_other_are_fewer_witnesses(days: list[int], lag: float) -> None:
    """A fortnight of one up, one down is as good as its count; two wild days in a row, of three scales each and no
    more, widen it as days that resemble the day before."""
    error = np.sqrt(DAYS / (DAYS - 2)) * np.sqrt((1 + lag) / (1 - lag)) * MEDIAN / UNIT / np.sqrt(DAYS)
    assert _ten_above(10.0 + np.array(days), 0.0).z[0] == pytest.approx(10.0 / error)


def _ten_above(excess: Floats, error: float) -> Hotspots:
    """Find among nine stations at 10 µg/m³, of which the first has so much more on each day."""
    value = np.full((DAYS, 24, 9), 10.0)
    value[:, :, 0] += excess[:, None]
    near = np.array([[j for j in range(9) if j != i] for i in range(9)])
    return find(value, np.full_like(value, error), near)


def _pairs(found: Hotspots) -> list[tuple[int, int]]:
    return list(zip(found.station.tolist(), found.quarter.tolist(), strict=True))
