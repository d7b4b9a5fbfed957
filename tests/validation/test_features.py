"""The one function that makes features, and how it fills gaps."""

import numpy as np

from validation.features import BASE, features, fill, lagged, names

NAN = np.nan


def test_names_and_columns_agree() -> None:
    """There is one column for each name, other gases last."""
    one = np.ones((2, 3))
    assert features(one, (one, one, one), one, one, (one,)).shape[-1] == len(names(("o3",)))
    assert names(("o3",))[-1] == "raw_o3"


def test_a_steady_reading_needs_only_the_slope() -> None:
    """Where the last hours equal the reading, the lag features are zero."""
    raw = np.array([7.0])
    row = features(raw, (raw, raw, raw), np.array([50.0]), np.array([10.0]))[0]
    assert row.tolist() == [1.0, 7.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_weather_counts_in_usual_swings() -> None:
    """20 % above a humidity of 50 %, and 20 degrees above 10 °C: one swing, and two."""
    raw = np.array([7.0])
    assert features(raw, (raw, raw, raw), np.array([70.0]), np.array([30.0]))[0, -2:].tolist() == [1.0, 2.0]


def test_lags_are_the_hours_before() -> None:
    """In an unbroken series lag k is the value k hours before."""
    first, second, third = lagged(np.array([1.0, 2.0, 4.0, 8.0, 100.0])[:, None])
    assert [first[4, 0], second[4, 0], third[4, 0]] == [8.0, 4.0, 2.0]


def test_a_missing_lag_lies_between_its_neighbours() -> None:
    """One missing hour is interpolated inside the window, and the first hours repeat themselves."""
    first, second, third = lagged(np.array([[10.0], [NAN], [30.0]]))
    assert [first[2, 0], second[2, 0], third[2, 0]] == [20.0, 10.0, 10.0]
    assert [first[0, 0], second[0, 0], third[0, 0]] == [10.0, 10.0, 10.0]
    first, second, third = lagged(np.array([[10.0], [NAN], [NAN], [40.0]]))
    assert [first[3, 0], second[3, 0], third[3, 0]] == [30.0, 20.0, 10.0]


def test_only_weather_and_gases_are_filled() -> None:
    """A missing reading stays missing; missing humidity becomes the window's mean."""
    raw, gap = np.array([[NAN, 5.0]]), np.array([[40.0, NAN]])
    stack = features(raw, (raw, raw, raw), gap, gap)
    filled = fill(stack, np.full((2, stack.shape[-1]), 0.25))
    assert np.isnan(filled[0, 0, 1])
    assert filled[0, 1, len(BASE)] == 0.25
