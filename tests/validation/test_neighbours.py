"""Neighbour check: exact findings by hand, laws, and no look ahead."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.neighbours import Usual, alone, depart, disagrees, judge, learn_usual, shared, stands
from validation.policy import DEFAULT, PROPERTIES
from validation.surroundings import find_around

Floats = npt.NDArray[np.float64]
PM = PROPERTIES["pm2_5"]
FOUR = np.array([[1, 2, 3, 4], [0, 2, 3, 4], [0, 1, 3, 4], [0, 1, 2, 4], [0, 1, 2, 3]])
CALM = Usual(np.zeros(5), np.full(5, 0.1))


def draw(hours: int = 120, series: int = 5, seed: int = 1) -> Floats:
    return 0.1 * np.random.default_rng(seed).normal(size=(hours, series))


def test_the_nearest_come_first_and_none_beyond_reach() -> None:
    """Neighbours are ordered by distance; a station 70 km away has none, nor has one without position."""
    latitude = np.array([52.20, 52.21, 52.23, 52.90, np.nan])
    around = find_around(latitude, np.full(5, 5.1), DEFAULT)
    assert around.tolist() == [[1, 2, -1, -1], [0, 2, -1, -1], [1, 0, -1, -1], [-1] * 4, [-1] * 4]


def test_stations_at_one_spot_are_not_their_own_neighbours() -> None:
    """Three series at the same position have the two others as neighbours."""
    around = find_around(np.full(3, 52.2), np.full(3, 5.1), DEFAULT)
    assert [sorted(row) for row in around.tolist()] == [[1, 2], [0, 2], [0, 1]]


def test_no_station_has_no_neighbours() -> None:
    """An empty network and a lone station give empty rows."""
    assert find_around(np.zeros(0), np.zeros(0), DEFAULT).shape == (0, 0)
    assert find_around(np.zeros(1), np.zeros(1), DEFAULT).shape == (1, 0)


def test_a_departure_is_a_ratio_for_particles_and_a_difference_for_temperature() -> None:
    """Twice the field departs by log 2 with 2 µg/m³ on both; one degree departs by a twentieth of the base."""
    value, field = np.array([[22.0]]), np.array([[10.0]])
    assert depart(value, field, PM)[0, 0] == pytest.approx(np.log(2.0))
    warm = depart(np.array([[11.0]]), field, PROPERTIES["temperature"])
    assert warm[0, 0] == pytest.approx(0.05)


def test_without_a_field_the_network_is_the_field() -> None:
    """When no reference measured, departures are from the median of the hour's series."""
    value = np.array([[8.0, 10.0, 18.0]])
    assert depart(value, np.full((1, 3), np.nan), PM)[0].tolist() == pytest.approx(np.log([10 / 12, 1.0, 20 / 12]))
    known = np.array([[8.0, np.nan, 38.0]])
    assert depart(value, known, PM)[0].tolist() == pytest.approx(np.log([1.0, 1.0, 20 / 40]))


def test_what_neighbours_share_is_not_one_series_doing() -> None:
    """An hour in which all five rise by the same is explained to four fifths; two neighbours explain nothing."""
    rise = np.full((1, 5), 0.5)
    assert shared(rise, FOUR)[0].tolist() == pytest.approx([0.4] * 5)
    assert shared(rise[:, :3], np.array([[1, 2], [0, 2], [0, 1]]))[0].tolist() == [0.0] * 3


def test_one_series_out_of_line_is_found_exactly() -> None:
    """Of five series only the spoiled one is flagged, only in its spoiled hours, upwards."""
    centred = np.zeros((6, 5))
    centred[2:4, 3] = 0.8
    score = judge(centred, CALM, FOUR)
    above = disagrees(score, found=3.0, lasting=2.5)
    assert np.argwhere(above).tolist() == [[2, 3], [3, 3]]
    assert not disagrees(-score, found=3.0, lasting=2.5).any()


def test_a_restless_hour_is_judged_milder() -> None:
    """When the neighbours scatter by many of their usual scales, a departure of four scales is no finding."""
    calm, restless = np.zeros((1, 5)), np.array([[0.0, 0.9, -0.9, 0.8, -0.8]])
    calm[0, 0] = restless[0, 0] = 0.4
    assert judge(calm, CALM, FOUR)[0, 0] == pytest.approx(4.0)
    assert judge(restless, CALM, FOUR)[0, 0] < 2.0


def test_a_finding_lasts_until_the_score_falls() -> None:
    """Between the two thresholds an hour is flagged only after a finding, across a missing hour too."""
    score = np.array([2.7, 3.2, 2.7, np.nan, 2.6, 2.4, 2.7])[:, None]
    found = disagrees(score, found=3.0, lasting=2.5)[:, 0]
    assert found.tolist() == [False, True, True, False, True, False, False]


def test_a_finding_may_come_from_before() -> None:
    """Between the thresholds, and across missing hours, a series goes on with what it had: a finding, or none."""
    score, before = np.array([[np.nan, np.nan], [2.7, 2.7]]), np.array([True, False])
    assert disagrees(score, found=3.0, lasting=2.5, before=before).tolist() == [[False, False], [True, False]]
    assert stands(score[:1], found=3.0, lasting=2.5, before=before).tolist() == [True, False]
    assert stands(score[:0], found=3.0, lasting=2.5, before=before).tolist() == [True, False]
    assert stands(score - 0.2, found=3.0, lasting=2.5, before=before).tolist() == [False, False]
    assert stands(score[:0], found=3.0, lasting=2.5).tolist() == [False, False]


def test_spoiled_hours_do_not_become_usual() -> None:
    """Departure and scale survive that 15 % of the hours of all five series are spoiled."""
    departure = draw(400) + np.array([0.0, 0.3, -0.2, 0.1, 0.5])
    spoiled = departure + (np.random.default_rng(2).random(departure.shape) < 0.15) * 2.0
    usual = learn_usual(spoiled, FOUR)
    np.testing.assert_allclose(usual.departure, [0.0, 0.3, -0.2, 0.1, 0.5], atol=0.06)
    assert (usual.scale < 0.25).all()


def test_too_few_hours_are_not_judged() -> None:
    """With fewer than 48 hours nothing is usual yet, and no score is given."""
    usual = learn_usual(draw(40), FOUR)
    assert np.isnan(usual.departure).all()
    assert np.isnan(judge(draw(3), usual, FOUR)).all()


@given(st.permutations(range(5)), st.floats(-2, 2))
def test_order_and_common_level_of_the_stations_do_not_matter(order: list[int], shift: float) -> None:
    """Permuting the series permutes the scores; a constant on one series' departures changes none."""
    place = np.argsort(order)
    departure = draw()
    score = judge(departure, learn_usual(departure, FOUR), FOUR)
    moved = departure[:, order].copy()
    moved[:, 2] += shift
    around = place[FOUR[order]]
    again = judge(moved, learn_usual(moved, around), around)
    np.testing.assert_allclose(again, score[:, order], atol=1e-9)


def test_a_score_depends_on_no_later_hour() -> None:
    """Cutting the hours anywhere leaves the findings before the cut as they are."""
    departure = draw(200) * 3
    whole = disagrees(judge(departure, CALM, FOUR), found=3.0, lasting=2.5)
    assert whole.any()
    for cut in (17, 90, 171):
        part = disagrees(judge(departure[:cut], CALM, FOUR), found=3.0, lasting=2.5)
        np.testing.assert_array_equal(part, whole[:cut])


def test_alone_is_who_rises_without_neighbours() -> None:
    """One of five high hours is alone; the hour when two neighbours of four rise too is not."""
    departure = draw(300)
    departure[100, 0] += 2.0
    departure[200, :3] += 2.0
    assert np.argwhere(alone(departure, FOUR, scales=5.0)).tolist() == [[100, 0]]


def test_nobody_is_alone_without_three_neighbours_that_measure() -> None:
    """With two of four neighbours missing an hour says nothing, whichever two these are."""
    departure = draw(300)
    departure[100, 4] += 2.0
    for missing in ([0, 2], [0, 3], [1, 2]):
        silent = departure.copy()
        silent[100, missing] = np.nan
        assert not alone(silent, FOUR, scales=5.0).any()
    silent = departure.copy()
    silent[100, 0] = np.nan
    assert np.argwhere(alone(silent, FOUR, scales=5.0)).tolist() == [[100, 4]]


def test_three_of_ten_neighbours_are_many() -> None:
    """Four of eleven series that rise together see three of ten others do so, and are not alone; three are."""
    around = np.array([[j for j in range(11) if j != i] for i in range(11)])
    departure = draw(300, 11)
    departure[100, :4] += 2.0
    departure[200, :3] += 2.0
    found = alone(departure, around, scales=5.0)
    assert found.dtype == np.bool_
    assert np.argwhere(found).tolist() == [[200, 0], [200, 1], [200, 2]]
