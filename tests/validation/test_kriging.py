"""Kriging of references: what is exact, what the weights know, and what is done with few references."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from validation.columns import between_references
from validation.kriging import Covariance, krige, learn_covariance

Floats = npt.NDArray[np.float64]

USUAL = Covariance(range_km=8.0, nugget=0.3, sill=4.0)
EAST_KM = np.array([0.0, 0.0, 10.0, 25.0])


def apart(first: Floats, second: Floats) -> Floats:
    return np.abs(first[:, None] - second[None, :])


def at(places: list[float], reference: Floats, covariance: Covariance = USUAL) -> Floats:
    """Krige references at the first of EAST_KM to places on the same line."""
    known = EAST_KM[: reference.shape[1]]
    allowed = np.ones((len(places), len(known)), bool)
    distance = apart(np.array(places), known)
    return krige(reference, covariance, np.zeros(len(known)), apart(known, known), distance, allowed)


def test_equal_references_give_their_own_value() -> None:
    """Where all references agree, so does every place, however many of them are missing."""
    reference = np.full((5, 4), 7.0)
    reference[1, :3], reference[2, 0] = np.nan, np.nan
    np.testing.assert_allclose(at([0.0, 4.0, 90.0], reference), 7.0)


def test_two_references_in_one_street_count_little_more_than_one() -> None:
    """Halfway between a pair at one spot and a single reference, the pair has less than two thirds of the weight."""
    weight_of_pair = 1.0 - at([5.0], np.array([[0.0, 0.0, 1.0]]))[0, 0]
    assert 0.5 < weight_of_pair < 0.62


def test_an_hour_is_kriged_as_if_it_were_alone() -> None:
    """Hours with different references missing give what each of them gives by itself; without any, nothing."""
    rng = np.random.default_rng(1)
    reference = rng.normal(10, 2, (30, 4))
    reference[rng.random(reference.shape) < 0.4] = np.nan
    reference[7] = np.nan
    value = at([1.0, 12.0], reference)
    np.testing.assert_allclose(value, np.concatenate([at([1.0, 12.0], row[None]) for row in reference]))
    assert np.isnan(value[7]).all()


def test_a_place_never_uses_what_it_may_not() -> None:
    """A reference that is not allowed at a place does not move it, even beside it."""
    allowed = np.array([[False, False, True, True]])
    distance = apart(np.array([0.0]), EAST_KM)
    first, second = (
        krige(np.array([[wild, wild, 1.0, 2.0]]), USUAL, np.zeros(4), apart(EAST_KM, EAST_KM), distance, allowed)
        for wild in (5.0, 500.0)
    )
    assert first == second


def test_the_covariance_is_found_again() -> None:
    """Of made-up references a short and a long range are told apart, though a tenth of one's hours are wrong;
    and of a short one how much an instrument has for itself."""
    rng = np.random.default_rng(2)
    places = rng.uniform(0, 40, 9)
    between = apart(places, places)
    found = []
    for range_km in (4.0, 32.0):
        among = 3.0 * np.exp(-between / range_km) + 2.0 * np.eye(9)
        hours = rng.multivariate_normal(np.zeros(9), among, size=1500)
        hours[::10, 0] += 80.0
        covariance = learn_covariance(hours, between)
        assert covariance is not None
        found.append(covariance)
    assert found[0].range_km <= 8.0 < found[1].range_km
    assert (found[0].nugget, found[0].sill) == pytest.approx((0.4, 5.0), rel=0.1)


def test_three_references_are_enough() -> None:
    """Their three pairs are compared, also where they stand in a row."""
    known = EAST_KM[1:]
    assert learn_covariance(np.random.default_rng(3).normal(size=(200, 3)), apart(known, known)) is not None


def test_each_place_uses_its_own_references() -> None:
    """Places that may use different ones are kriged as if each were alone."""
    allowed = np.array([[True, True, False, False], [False, True, True, True], [True, True, False, False]])
    between, distance = apart(EAST_KM, EAST_KM), apart(np.array([1.0, 12.0, 3.0]), EAST_KM)
    reference = np.random.default_rng(1).normal(10, 2, (5, 4))
    whole = krige(reference, USUAL, np.zeros(4), between, distance, allowed)
    for place in range(3):
        one = slice(place, place + 1)
        np.testing.assert_allclose(
            whole[:, one], krige(reference, USUAL, np.zeros(4), between, distance[one], allowed[one])
        )


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_references_tell_nothing(count: int) -> None:
    """With fewer than three there is no covariance to learn."""
    known = EAST_KM[:count]
    assert learn_covariance(np.random.default_rng(3).normal(size=(200, count)), apart(known, known)) is None


def test_a_reference_without_position_is_far_from_all_but_itself(build: Callable[..., Any]) -> None:
    """Its distance to itself is zero, so that kriging does not take it for one without noise."""
    network = build(hours=24).network
    latitude = network.reference_latitude.copy()
    latitude[2] = np.nan
    between = between_references(replace(network, reference_latitude=latitude))
    assert np.diag(between).tolist() == [0.0] * 4
    assert between[2].tolist() == [1000.0, 1000.0, 0.0, 1000.0]
    assert (between[0, [1, 3]] < 100).all()
