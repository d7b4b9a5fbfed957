"""The parts of the interval by hand, and how they become its two ends."""

import numpy as np
import numpy.typing as npt
import pytest

from validation.columns import Columns
from validation.interval import beyond_window, bounds, learn_interval
from validation.policy import DEFAULT, PROPERTIES

Floats = npt.NDArray[np.float64]
PM, GAS = PROPERTIES["pm2_5"], PROPERTIES["no2"]
HOURS = 200
SQUARE = np.where(np.arange(HOURS) % 2, 3.0, -3.0)  # its 95 % quantile is 3, its mean 0


def columns(near: tuple[int, int], *, pseudo: bool) -> Columns:
    """Two series, and where `pseudo` the first once more without each of two references."""
    series, without = ([0, 1, 0, 0], [-1, -1, 0, 1]) if pseudo else ([0, 1], [-1, -1])
    count, nothing = len(series), np.zeros(0)
    beside = np.array([*near, *[-1] * (count - 2)])
    return Columns(np.array(series), beside, np.array(without), np.zeros((count, 2)), nothing, nothing, nothing)


def test_without_references_the_interval_is_the_prior() -> None:
    """Half the level upwards, 5 % downwards, and 22 % noise, which an estimate has nine tenths of; at level 40."""
    value = np.full((HOURS, 2), 40.0)
    found = learn_interval(
        value, value, np.full((HOURS, 2), np.nan), columns((-1, -1), pseudo=False), np.full((HOURS, 2), np.nan),
        limits=PM, policy=DEFAULT,
    )  # fmt: skip
    assert found.median.tolist() == [40.0, 40.0]
    np.testing.assert_allclose(found.increment_up, 0.50 * 40)
    np.testing.assert_allclose(found.increment_down, 0.05 * 40)
    np.testing.assert_allclose(found.noise, 0.22 * 40)
    np.testing.assert_allclose(found.estimate_up, 0.9 * 0.50 * 40)
    np.testing.assert_allclose(found.estimate_noise, 0.9 * 0.22 * 40)


def test_what_was_wrong_at_left_out_references_is_blended_with_the_prior() -> None:
    """One stands 6 above and one 4 below what was predicted there, each with an hourly error of 3: two of seven."""
    value = np.full((HOURS, 4), 20.0)
    reference = np.column_stack([20 + 6 + SQUARE, 20 - 4 + SQUARE])
    found = learn_interval(
        value, value, reference, columns((-1, -1), pseudo=True), np.full((HOURS, 2), np.nan), limits=PM, policy=DEFAULT
    )
    np.testing.assert_allclose(found.increment_up, np.sqrt((5 * 10.0**2 + 2 * 6.0**2) / 7))
    np.testing.assert_allclose(found.increment_down, np.sqrt((5 * 1.0**2 + 2 * 4.0**2) / 7))
    np.testing.assert_allclose(found.noise, np.sqrt((5 * 4.4**2 + 2 * (3 / 1.96) ** 2) / 7))


def test_spots_of_siblings_say_how_far_places_differ() -> None:
    """Four spots whose logarithms vary by 0.09 count as four stations with that increment, and never as more than the
    prior."""
    value, nothing = np.full((HOURS, 2), 20.0), np.full((HOURS, 2), np.nan)
    up = [
        learn_interval(
            value, value, nothing, columns((-1, -1), pseudo=False), nothing, limits=PM, policy=DEFAULT,
            places=(4, variance),
        ).increment_up[0]
        for variance in (0.09, 5.0)
    ]  # fmt: skip
    np.testing.assert_allclose(up, [np.sqrt((5 * 10.0**2 + 4 * 0.09 * 20**2) / 9), 10.0])


def test_errors_are_brought_to_the_median_level() -> None:
    """An error of 6 at a level of 60 is one of 3 at 20: errors grow as 20 + level."""
    value = np.where(np.arange(HOURS) < 120, 20.0, 60.0)[:, None] * np.ones(4)
    error = SQUARE * np.where(np.arange(HOURS) < 120, 1.0, 2.0)
    reference = value[:, :2] + error[:, None]
    found = learn_interval(
        value, value, reference, columns((-1, -1), pseudo=True), np.full((HOURS, 2), np.nan), limits=PM, policy=DEFAULT
    )
    np.testing.assert_allclose(found.noise, np.sqrt((5 * 4.4**2 + 2 * (3 / 1.96) ** 2) / 7))


@pytest.mark.parametrize(("limits", "unseen"), [(PM, 1.0), (GAS, np.sqrt(1 + 504 / HOURS))])
def test_beside_a_reference_only_the_error_of_the_fit_is_left(limits: object, unseen: float) -> None:
    """No increment either way, and 1.1 times the left-out error; for a cell that drifts more, while hours are few."""
    value = np.full((HOURS, 2), 20.0)
    found = learn_interval(
        value, value, np.full((HOURS, 2), np.nan), columns((0, -1), pseudo=False), np.column_stack([SQUARE, SQUARE]),
        limits=limits, policy=DEFAULT,  # type: ignore[arg-type]
    )  # fmt: skip
    for up, down in ((found.increment_up, found.increment_down), (found.estimate_up, found.estimate_down)):
        assert (up[0], down[0]) == (0.0, 0.0)
        assert up[1] > down[1] > 0.0
    np.testing.assert_allclose([found.noise[0], found.estimate_noise[0]], 1.1 * unseen * 3 / 1.96)


def test_the_ends_grow_with_the_level_and_stay_above_zero() -> None:
    """2.1 times the root of the squares, twice as much at level 60 as at 20; water widens downwards alone."""
    centre, part = np.array([20.0, 60.0, 1.0]), np.full(3, 20.0)
    lower, upper = bounds(
        centre, part, np.full(3, 4.0), np.full(3, 0.0), np.full(3, 3.0), np.zeros(3), limits=PM, policy=DEFAULT
    )
    np.testing.assert_allclose(upper - centre, 2.1 * 5.0 * np.array([1.0, 2.0, 21 / 40]))
    np.testing.assert_allclose(lower, np.maximum(centre - 2.1 * 3.0 * np.array([1.0, 2.0, 21 / 40]), 0.0))
    wet = bounds(
        centre, part, np.full(3, 4.0), np.full(3, 0.0), np.full(3, 3.0), np.full(3, 0.4), limits=PM, policy=DEFAULT
    )
    np.testing.assert_allclose(wet[1], upper)
    np.testing.assert_allclose(wet[0][0], 20 - 2.1 * np.hypot(3.0, 0.5 * 0.4 * 20))


def test_a_reading_is_outside_by_widths_of_its_window() -> None:
    """Below and above alike, not within a quarter of a width, and nothing is known without the bounds of a window."""
    scores = {"lowest_raw": np.array([10.0, 0.0]), "highest_raw": np.array([30.0, 0.5])}
    raw = np.array([[31.0, 0.25], [35.0, 0.625], [36.0, 1.0], [2.0, -0.25]])
    np.testing.assert_allclose(beyond_window(raw, scores), [[0.0, 0.0], [0.0, 0.0], [0.3, 1.0], [0.4, 0.5]])
    assert not beyond_window(raw, {}).any()
