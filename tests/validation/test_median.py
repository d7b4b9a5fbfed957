"""Medians of arrays with gaps, by hand."""

import numpy as np
import pytest

from validation.median import TO_SIGMA, median

NAN = np.nan


def test_gaps_do_not_count() -> None:
    """The middle one of an odd number, the mean of the middle two of an even one, and nothing of nothing."""
    values = np.array([[3.0, NAN, 1.0, 2.0], [4.0, NAN, NAN, -1.0], [NAN, 7.0, NAN, NAN], [NAN] * 4])
    np.testing.assert_array_equal(median(values), [2.0, 1.5, 7.0, NAN])
    np.testing.assert_array_equal(median(values, 0), [3.5, 7.0, 1.0, 0.5])
    assert values[0].tolist()[0] == 3.0
    np.testing.assert_array_equal(median(np.array([[5.0], [NAN]])), [5.0, NAN])
    np.testing.assert_array_equal(median(np.array([[5.0, 2.0]])), [3.5])


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_any_axis_is_that_of_numpy(axis: int) -> None:
    """Along each axis it is numpy's own median, which has no gaps."""
    values = np.random.default_rng(1).normal(size=(4, 5, 6))
    np.testing.assert_array_equal(median(values, axis), np.median(values, axis=axis))


def test_an_axis_of_nothing_has_no_median() -> None:
    """Stations without hours have none each, and hours without stations too."""
    assert np.isnan(median(np.zeros((3, 0)))).tolist() == [True] * 3
    assert np.isnan(median(np.zeros((0, 2)), 0)).tolist() == [True] * 2
    assert median(np.zeros((0, 2))).shape == (0,)


def test_median_sizes_make_a_standard_deviation() -> None:
    """Of a million normal errors to three per mille."""
    assert TO_SIGMA * median(np.abs(np.random.default_rng(2).normal(size=1_000_000))) == pytest.approx(1.0, rel=3e-3)
