"""Drift and steps on made-up days."""

import numpy as np
import numpy.typing as npt
import pytest

from validation.drift import daily, drift, step

Floats = npt.NDArray[np.float64]


def draw(series: int = 4, days: int = 56, scatter: float = 0.04, seed: int = 1) -> Floats:
    return scatter * np.random.default_rng(seed).normal(size=(days, series))


def test_a_day_is_the_median_of_its_hours_counted_from_the_end() -> None:
    """Thirty hours hold one day, the last; the six before it are left out, a day of seven hours is missing."""
    departure = np.concatenate([np.full(6, 9.0), np.arange(24.0)])[:, None] + np.zeros((30, 2))
    departure[:23, 1] = np.nan
    days = daily(np.concatenate([departure, departure[6:] + 2.0]), np.zeros((2, 0), np.int64))
    assert days[:, 0].tolist() == [-1.0, 1.0]
    assert np.isnan(days[0, 1])


def test_what_all_neighbours_do_is_no_drift() -> None:
    """A common trend of four neighbours leaves a fifth of itself."""
    trend = np.linspace(0.0, 1.0, 240)[:, None] + np.zeros((240, 5))
    around = np.array([[j for j in range(5) if j != i] for i in range(5)])
    days = daily(trend, around)
    assert days[-1, 0] - days[0, 0] == pytest.approx(0.9 / 5, rel=0.05)


def test_one_per_cent_a_day_is_found_with_its_sign_and_onset() -> None:
    """A loss and a gain of 1 % a day for 24 days are alarms that began about then; the others are none."""
    days = draw()
    trend = np.maximum(np.arange(56) - 32, 0) * 0.01
    days[:, 1] -= trend
    days[:, 2] += trend
    found = drift(days)
    assert found.alarm.tolist() == [False, True, True, False]
    assert found.cusum[1] < -16 < 16 < found.cusum[2]
    assert 16 <= found.days[1] <= 28
    assert found.change[2] == pytest.approx(0.2, abs=0.06)


def test_healthy_sensors_give_few_alarms() -> None:
    """Of 300 series with days that resemble the day before (0.5) at most one in a hundred is an alarm."""
    noise = draw(300, 200, seed=4)
    for day in range(1, 200):
        noise[day] += 0.5 * noise[day - 1]
    assert drift(noise[-56:]).alarm.mean() <= 0.01


def test_little_history_is_no_alarm() -> None:
    """Four weeks alone, ten days, or no day at all say nothing."""
    days = draw()
    days[:, 0] += np.linspace(0, 2, 56)
    for count in (28, 10, 0):
        assert not drift(days[-count:] if count else days[:0]).alarm.any()
        assert np.isnan(step(days[:0])[0]).all()


def test_a_step_is_found_with_size_and_day() -> None:
    """Half as much again since ten days, and a third less since three; a drift and a single bad day are no step."""
    days = draw(5)
    days[-10:, 0] += np.log(1.5)
    days[-3:, 1] -= 0.4
    days[:, 2] += np.linspace(0, 0.8, 56)
    days[30, 3] += 2.0
    size, ago = step(days)
    assert size[0] == pytest.approx(np.log(1.5), abs=0.06)
    assert size[1] == pytest.approx(-0.4, abs=0.08)
    assert ago[:2].tolist() == [10, 3]
    assert np.isnan(size[2:]).all()


def test_a_step_needs_three_days() -> None:
    """On the second day it could still be an episode."""
    days = draw(1)
    days[-2:] += 0.6
    assert np.isnan(step(days)[0]).all()


def test_eight_hours_are_a_day() -> None:
    """A day of exactly eight hours has a level."""
    departure = np.zeros((48, 1))
    departure[24:40] = np.nan
    assert np.isfinite(daily(departure, np.zeros((1, 0), np.int64))).all()


def test_a_cusum_is_counted_in_scales_that_days_alike_make_wider() -> None:
    """Four weeks one above usual, in scales of what was usual: wider where a day resembles the one before it."""
    weeks, turns = np.repeat([1.0, -1.0, 1.0, -1.0], 7), np.tile([1.0, -1.0], 14)
    days = np.ones((56, 2))
    days[:28] = 0.1 * np.column_stack([weeks, turns])
    scale = np.hypot(1.4826 * 0.1, 0.02) * np.array([np.sqrt((1 + 7 / 9) / (1 - 7 / 9)), 1.0])
    np.testing.assert_allclose(drift(days).cusum, 28 * (1 / scale - 0.5))


def test_each_series_needs_a_fortnight_of_its_own() -> None:
    """A series with thirteen known days before is no alarm, whatever the others have; with fourteen it is."""
    days = draw()
    days[28:] += 1.0
    days[:15, 0] = np.nan
    days[:14, 1] = np.nan
    assert drift(days).alarm.tolist() == [False, True, True, True]


def test_a_step_exceeds_four_times_the_scatter_of_the_days() -> None:
    """One of a half is found where days scatter by a tenth, from up to down, and not where by an eighth."""
    days = np.tile([1.0, -1.0], 28)[:, None] * np.array([0.05, 0.06])
    days[-7:] = 0.5
    size, ago = step(days)
    assert (size[0], ago[0]) == (0.5, 7.0)
    assert np.isnan(size[1])


def test_a_change_in_two_stages_is_no_step() -> None:
    """Where no two days have half of it between them, it came by degrees."""
    days = np.zeros((56, 1))
    days[-8:, 0] = [0.24, 0.48, *[0.5] * 6]
    assert np.isnan(step(days)[0]).all()


def test_a_step_needs_a_week_of_the_two_before() -> None:
    """After seven known days of fourteen it is told, after six it is not."""
    days = np.zeros((28, 2))
    days[-7:] = 0.5
    days[7:14] = np.nan
    days[14, 1] = np.nan
    assert np.isfinite(step(days)[0]).tolist() == [True, False]
