"""Clock offsets found by lag correlation, on a made-up field with fronts."""

import numpy as np
import numpy.typing as npt
import pytest

from validation.clocks import clock_offset

Floats = npt.NDArray[np.float64]


def draw(offsets: list[int], noise: float = 0.15, seed: int = 1, hours: int = 672) -> tuple[Floats, Floats]:
    """A field of quick changes, and series that state its hours `offsets` too late; (H,S) each."""
    rng = np.random.default_rng(seed)
    long = np.zeros(hours + 20)
    for h in range(1, len(long)):
        long[h] = 0.8 * long[h - 1] + 0.2 * rng.normal()
    field = np.repeat(long[10:-10, None], len(offsets), axis=1)
    level = np.stack([long[10 - k : 10 - k + hours] for k in offsets], axis=1)
    return level + noise * rng.normal(size=level.shape), field


def test_offsets_of_whole_hours_are_found_with_their_sign() -> None:
    """A clock ahead is positive, one behind negative, a right one 0."""
    offsets = [0, 1, 2, 5, -1, -3, -5, 0]
    assert clock_offset(*draw(offsets)).tolist() == offsets


def test_a_series_that_follows_nothing_has_no_known_offset() -> None:
    """Noise, nothing at all, and a few days give 0."""
    level, field = draw([0, 0, 3])
    level[:, 0] = np.random.default_rng(5).normal(size=len(level))
    level[:, 1] = np.nan
    level[100:, 2] = np.nan
    assert clock_offset(level, field).tolist() == [0, 0, 0]


def test_spikes_and_gaps_do_not_decide() -> None:
    """A twentieth of the hours far above the usual swing and a fifth missing leave the offset as it is."""
    level, field = draw([2, 0], noise=0.05)
    rng = np.random.default_rng(3)
    level[rng.random(level.shape) < 0.05] += 1.5
    level[rng.random(level.shape) < 0.2] = np.nan
    assert clock_offset(level, field).tolist() == [2, 0]


@pytest.mark.parametrize("size", [20.0, -20.0])
def test_a_few_wild_hours_do_not_decide(size: float) -> None:
    """One hour of forty that is far out, up or down, is counted as no more than four usual ones."""
    level, field = draw([2, 0], noise=0.05)
    level[np.random.default_rng(3).random(level.shape) < 0.025] += size
    assert clock_offset(level, field).tolist() == [2, 0]


def test_what_a_sensor_reads_too_much_is_no_matter() -> None:
    """Ten times the concentration, and a slow growth on it, leave the clock of a series as it is."""
    level, field = draw([2, 0, -3])
    grown = level + np.log(10.0) + np.linspace(0.0, 3.0, len(level))[:, None]
    assert clock_offset(grown, field).tolist() == [2, 0, -3]


def test_a_weak_likeness_is_no_offset() -> None:
    """A series that follows the field of three hours ago with a correlation under a quarter is told nothing."""
    level, field = draw([3], noise=1.2)
    assert clock_offset(level, field).tolist() == [0]


def test_three_hours_of_six_are_needed() -> None:
    """With every second hour the offset is found, with every third it is not known."""
    level, field = draw([2, 2], hours=1400)
    hour = np.arange(len(level))
    level[hour % 2 > 0, 0], level[hour % 3 > 0, 1] = np.nan, np.nan
    assert clock_offset(level, field).tolist() == [2, 0]


def test_healthy_clocks_are_left_alone() -> None:
    """Of 400 noisy series whose clocks are right none is called wrong."""
    assert not clock_offset(*draw([0] * 400, noise=0.4)).any()


@pytest.mark.parametrize("hours", [0, 1, 5, 30])
def test_short_histories_are_unknown(hours: int) -> None:
    """Any number of hours gives an answer of one number a series."""
    level, field = draw([2, 3])
    assert clock_offset(level[:hours], field[:hours]).tolist() == [0, 0]
