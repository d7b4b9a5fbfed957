"""Exceedance: the answer by hand, and whether it is right as often as it says."""

import numpy as np
import pytest

from validation.exceedance import Exceedance, Verdict, day_exceeded, days_exceeded, mean_exceeded

LEVEL = 10.0


def test_a_day_at_the_level_is_a_coin_and_a_day_with_17_hours_is_unknown() -> None:
    """At the level it is one half, two errors above 97.7 %, and below 18 hours nothing is said."""
    found = day_exceeded(
        np.array([10.0, 14.0, 14.0]), np.array([2.0, 2.0, 2.0]), np.array([1.0, 0.75, 17 / 24]), level=LEVEL
    )
    assert found[:2] == pytest.approx([0.5, 0.97725], abs=1e-5)
    assert np.isnan(found[2])


def test_a_year_far_from_the_level_is_sure_and_one_near_it_is_not() -> None:
    """With an error of 1, means of 13, 7 and 10.5 are above, below, and nobody can say."""
    mean = np.repeat([[13.0], [7.0], [10.5]], 365, axis=1)
    found = mean_exceeded(mean, np.ones_like(mean), level=LEVEL)
    assert found.verdict().tolist() == [Verdict.EXCEEDED, Verdict.NOT_EXCEEDED, Verdict.CANNOT_SAY]
    assert found.lower == pytest.approx(found.upper)


def test_errors_that_are_each_days_own_average_out() -> None:
    """A hundred days with an error of 3 have a mean with one of 0.3: 0.3 above the level is one error above it."""
    found = mean_exceeded(np.full((1, 100), LEVEL + 0.3), np.full((1, 100), 3.0), level=LEVEL, common=0.0)
    assert found.lower == pytest.approx([0.841345], abs=1e-5)


def test_what_is_missing_widens_the_range_and_half_a_year_says_nothing() -> None:
    """The fewer days, the farther apart the two ends; below half of them there is no number."""
    mean = np.tile(np.linspace(4.0, 16.0, 365), (4, 1))
    for row, lost in enumerate((0, 30, 120, 200)):
        mean[row, np.linspace(0, 364, lost).astype(int)] = np.nan
    found = mean_exceeded(mean, np.full_like(mean, 2.0), level=LEVEL)
    width = found.upper - found.lower
    assert width[0] == 0
    assert 0 < width[1] < width[2]
    assert np.isnan(width[3])
    assert found.capture == pytest.approx((365 - np.array([0, 30, 120, 200])) / 365, abs=0.01)


def test_an_area_without_any_day_is_unknown() -> None:
    """A row of nothing gives nothing, and no warning."""
    nothing = np.full((1, 30), np.nan)
    for found in (mean_exceeded(nothing, nothing, level=1.0), days_exceeded(nothing, nothing, level=1.0, allowed=3)):
        assert np.isnan(found.lower).all()
        assert found.verdict().tolist() == [Verdict.CANNOT_SAY]


def test_days_are_counted_as_a_sum_of_coins() -> None:
    """With errors that are each day's own, ten fair days are more than seven with 56 of 1024 chances."""
    found = days_exceeded(np.full((1, 10), LEVEL), np.ones((1, 10)), level=LEVEL, allowed=7, common=0.0)
    assert found.lower == pytest.approx([56 / 1024], rel=1e-9)


def test_a_common_error_makes_all_days_fall_together() -> None:
    """Where all errors are one, ten days at the level are all above or all below."""
    found = days_exceeded(np.full((1, 10), LEVEL), np.ones((1, 10)), level=LEVEL, allowed=7, common=1.0)
    assert found.lower == pytest.approx([0.5], abs=0.01)


@pytest.mark.parametrize("common", [0.3, 1.0])
def test_a_probability_is_right_as_often_as_it_says(common: float) -> None:
    """Of simulated years whose truth is known, those told with 10 to 30 % exceed in about a fifth, and so on up."""
    generator = np.random.default_rng(6)
    years, days = 4000, 60
    truth = generator.uniform(4, 16, (years, 1)) + generator.normal(0, 3, (years, days))
    error = np.full((years, days), 2.0)
    together, each = generator.normal(size=(years, 1)), generator.normal(size=truth.shape)
    measured = truth + error * (together * np.sqrt(common) + each * np.sqrt(1 - common))
    level = float(truth.mean())
    of_mean = mean_exceeded(measured, error, level=level, common=common)
    above = truth.mean(1) > level
    assert _misses(of_mean, above) < 0.06
    if common == 1.0:  # errors of each day's own make days look more different than they are: counts come out too wide
        of_days = days_exceeded(measured[:400], error[:400], level=level, allowed=30, common=common)
        assert _misses(of_days, (truth[:400] > level).sum(1) > 30) < 0.12


def _misses(found: Exceedance, above: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """Give the largest difference between what was told and what was, in five classes with 20 years or more."""
    bins = np.minimum((found.lower * 5).astype(int), 4)
    told = [
        (found.lower[bins == each].mean(), above[bins == each].mean())
        for each in range(5)
        if (bins == each).sum() >= 40
    ]
    assert len(told) >= 2
    return float(max(abs(one - other) for one, other in told))
