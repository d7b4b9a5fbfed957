"""A fit by hand: what is left out, where a group begins, what siblings share; and applying it, inside what it has
learnt from and beyond."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from validation.features import TEMPERATURE
from validation.fit import Regression, apply, highest_raw, predict, regress, robust_fit, shrink
from validation.policy import DEFAULT
from validation.skill import information_share

STEEP = np.array([[1.0, 1.6, 0.0, 0.0, 0.0, 0.0, 0.0]])


def rows(raw: list[float]) -> npt.NDArray[np.float64]:
    x = np.zeros((1, len(raw), 7))
    x[0, :, 0], x[0, :, 1] = 1.0, raw
    return x


def test_inside_the_window_the_line_holds() -> None:
    """Up to the highest raw learnt from, the value is the prediction."""
    x = rows([0.0, 5.0, 10.0])
    assert apply(x, STEEP, np.array([10.0])).tolist() == predict(x, STEEP).tolist()


def test_beyond_the_window_a_steep_line_is_not_followed() -> None:
    """Ten units above the window the value has risen by ten, not by sixteen; a flat slope is followed as it is."""
    assert apply(rows([20.0]), STEEP, np.array([10.0]))[0, 0] == 27.0
    flat = np.where(STEEP == 1.6, 0.5, STEEP)
    assert apply(rows([20.0]), flat, np.array([10.0]))[0, 0] == 11.0


def test_readings_and_hours_are_treated_alike() -> None:
    """One row a column gives what a series of one hour gives; an unknown highest raw changes nothing."""
    x = rows([20.0])
    assert apply(x[:, 0], STEEP, np.array([10.0])).tolist() == apply(x, STEEP, np.array([10.0]))[0].tolist()
    assert apply(x, STEEP, np.array([np.nan]))[0, 0] == 33.0


def test_a_value_is_never_negative() -> None:
    """A reading far below zero gives zero."""
    assert apply(rows([-30.0]), STEEP, np.array([10.0]))[0, 0] == 0.0


def test_the_information_share_tells_sensor_from_weather() -> None:
    """A value from raw alone has share one, from humidity alone none, from both equally and independently one half."""
    x = np.zeros((1, 4, 7))
    x[0, :, 0], x[0, :, 1], x[0, :, 5] = 1.0, [1, 1, -1, -1], [1, -1, 1, -1]
    weight = np.ones((1, 4))
    shares = [
        information_share(x, np.array([[3.0, raw, 0, 0, 0, humidity, 0]]), weight)[0]
        for raw, humidity in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    ]
    assert shares == [1.0, 0.0, 0.5]
    assert np.isnan(information_share(x, np.zeros((1, 7)), weight)[0])


def scene(columns: int, hours: int, seed: int = 1) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Features (C,N,7) and a target 5 + c + raw + humidity with some noise, c the number of the column."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(columns, hours, 7))
    x[..., 0] = 1.0
    return x, 5 + np.arange(columns)[:, None] + x[..., 1] + x[..., 5] + 0.1 * rng.normal(size=(columns, hours))


def test_residuals_of_a_block_of_time_come_from_the_other_three() -> None:
    """Quarters of the hours used are left out in turn, of the whole fit and of the weather alone; an hour that
    is not used has none."""
    x, target = scene(2, 43)
    target[:, ::9] += 300.0  # weights 0, and so not used
    weight = np.random.default_rng(2).uniform(0.5, 1.5, target.shape)
    weight[1, 5:16] = 0.0
    found = regress(x, target, weight, policy=DEFAULT, seed=(1,))
    for c in range(2):
        used = np.flatnonzero(found.weight[c] > 0)
        assert not set(used.tolist()) & set(range(0, 43, 9))
        for features, left_out in (([*range(7)], found.left_out), ([0, 5, 6], found.left_out_weather)):
            expected = np.full(43, np.nan)
            for quarter in range(4):
                out = used[4 * np.arange(len(used)) // len(used) == quarter]
                kept = np.setdiff1d(used, out)
                root = np.sqrt(found.weight[c, kept])
                beta = np.linalg.lstsq(x[c][kept][:, features] * root[:, None], target[c, kept] * root, rcond=None)[0]
                expected[out] = target[c, out] - x[c][out][:, features] @ beta
            np.testing.assert_allclose(left_out[c], expected, rtol=1e-5, atol=1e-6)


def test_a_regression_keeps_what_the_robust_fit_gave() -> None:
    """Its coefficients and covariance, and its weights times those of the hours."""
    x, target = scene(2, 60)
    weight = np.random.default_rng(3).uniform(0.5, 1.5, target.shape)
    fitted = robust_fit(x, target, weight, policy=DEFAULT, seed=(4,))
    found = regress(x, target, weight, policy=DEFAULT, seed=(4,))
    np.testing.assert_array_equal(found.coefficients, fitted.coefficients)
    np.testing.assert_array_equal(found.covariance, fitted.covariance)
    np.testing.assert_array_equal(found.weight, weight * fitted.weights)


@pytest.mark.parametrize("others", [0, 3])
def test_a_large_group_begins_alike_and_ends_where_each_would(others: int) -> None:
    """Every column keeps its place and its own line, whether or not some among them belong to no group."""
    policy = replace(DEFAULT, least_hours=40)
    x, target = scene(97 + others, 60)
    target[:, ::7] += 40.0
    group = np.zeros(len(x), np.int64)
    group[[5, 50, 99][:others]] = -1
    weight = np.ones_like(target)
    weight[7, 30 if others else 60 :] = 0.0  # too few hours to begin with the others
    found = robust_fit(x, target, weight, policy=policy, seed=(1,), group=group)
    alone = robust_fit(x, target, weight, policy=policy, seed=(1,))
    np.testing.assert_allclose(found.coefficients, alone.coefficients, atol=0.03)
    np.testing.assert_allclose(found.coefficients[:, 0] - np.arange(len(x)), 5.0, atol=0.2)
    np.testing.assert_allclose(found.scale, alone.scale, rtol=0.3)
    assert (found.weights[:, ::7] == 0).all()
    assert (found.coefficients != alone.coefficients).any()  # to the last bits: it did begin elsewhere
    again = regress(x, target, weight, policy=policy, seed=(1,), group=group)
    np.testing.assert_array_equal(again.coefficients, found.coefficients)


def test_siblings_draw_a_slope_towards_the_common_one() -> None:
    """As if so many hours of the whole group's data lay on the common line; a model with one member, or none, keeps its
    own slopes, and every line goes through the means of its hours."""
    rng = np.random.default_rng(5)
    raw, noise = rng.normal(10, 3, size=(5, 30)), rng.normal(size=(5, 30))
    target, weight = 4 + np.array([1.0, 2, 3, 4, 5])[:, None] * raw + noise, rng.uniform(0.5, 1.5, size=(5, 30))
    weight[:, 11], target[:, 11] = 0.0, np.nan
    x = np.zeros((5, 30, 7))
    x[..., 0], x[..., 1] = 1.0, raw
    before = np.zeros((5, 7))
    before[:, 1] = 9.0
    none = np.zeros((5, 30))
    regression = Regression(before, np.zeros((5, 7, 7)), weight, none, none)
    group, members = np.array([0, 0, 0, 1, 2]), np.array([True, True, False, True, False])
    own, common, count = shrink(regression, x, target, group, members, np.zeros(5, bool), hours=12.0)
    mean_x, mean_y = ((np.nan_to_num(part) * weight).sum(1) / weight.sum(1) for part in (raw, target))
    away = raw - mean_x[:, None]
    gram = (weight * away**2).sum(1)
    moment = (weight * away * np.nan_to_num(target - mean_y[:, None])).sum(1)
    slope = moment[:2].sum() / gram[:2].sum()
    pooled = gram[:2].sum() / weight[:2].sum()
    expected = (moment + 12 * pooled * slope) / (gram + 12 * pooled)
    np.testing.assert_allclose(own[:3, 1], expected[:3], rtol=1e-7)
    np.testing.assert_allclose(own[3:, 1], [moment[3] / gram[3], 9.0], rtol=1e-7)
    np.testing.assert_allclose(own[:, 0], mean_y - mean_x * own[:, 1], rtol=1e-9)
    np.testing.assert_allclose(common[:3, 1], slope, rtol=1e-7)
    np.testing.assert_allclose(common[:3, 0], (mean_y - mean_x * slope)[:2].mean(), rtol=1e-7)
    np.testing.assert_allclose(common[3:, 1], [moment[3] / gram[3], 0.0], rtol=1e-7)
    assert count.tolist() == [2, 2, 2, 1, 0]
    assert before[:, 1].tolist() == [9.0] * 5


def test_temperature_is_shared_only_among_those_that_use_it() -> None:
    """Of two siblings one has a temperature: the common line has its slope for those that use it, and none for the
    others."""
    x, _ = scene(2, 200)
    x[..., [2, 3, 4, 5]] = 0.0
    plane = x[0][:, :2]  # temperature without what raw says of it
    x[0, :, TEMPERATURE] -= plane @ np.linalg.lstsq(plane, x[0, :, TEMPERATURE], rcond=None)[0]
    x[1, :, TEMPERATURE] = 0.0
    target = 3 + 2 * x[..., 1] + 5 * x[..., TEMPERATURE]
    ones = np.ones((2, 200))
    regression = Regression(np.zeros((2, 7)), np.zeros((2, 7, 7)), ones, ones, ones)
    own, common, _ = shrink(
        regression, x, target, np.zeros(2, np.int64), np.ones(2, bool), np.array([True, False]), hours=1000.0
    )
    np.testing.assert_allclose(own[:, [0, 1, TEMPERATURE]], [[3.0, 2.0, 5.0], [3.0, 2.0, 0.0]], atol=1e-6)
    np.testing.assert_allclose(own[0], [3.0, 2.0, 0, 0, 0, 0, 5.0], atol=1e-6)
    np.testing.assert_allclose(common[0], [3.0, 2.0, 0, 0, 0, 0, 5.0], atol=1e-6)
    assert common[1, TEMPERATURE] == 0.0


def test_the_highest_raw_of_an_old_calibration_is_unknown() -> None:
    """One from before it was noted has none for any of its series."""
    assert np.isnan(highest_raw({"skill": np.zeros(3)})).tolist() == [True] * 3
    assert highest_raw({"skill": np.zeros(2), "highest_raw": np.array([4.0, 5.0])}).tolist() == [4.0, 5.0]
