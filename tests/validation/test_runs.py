"""Exact counts of windows that look back."""

import numpy as np

from validation.runs import last_hours, longest_repeat, run_length

NAN = np.nan


def test_run_length_counts_equal_values_and_survives_gaps() -> None:
    """A gap does not end a run, another value does, and a missing value has no run."""
    values = np.array([[3.0, 3.0, NAN, 3.0, 4.0, 4.0, NAN, NAN, 4.0]]).T
    assert run_length(values)[:, 0].tolist() == [1, 2, 0, 3, 1, 2, 0, 0, 3]


def test_a_repeat_after_more_than_a_day_is_a_coincidence() -> None:
    """The run starts anew after a gap of over 24 hours."""
    values = np.full((30, 1), NAN)
    values[0], values[24], values[29] = 5.0, 5.0, 5.0
    assert run_length(values)[[0, 24, 29], 0].tolist() == [1, 2, 3]
    values[24] = NAN
    assert run_length(values)[29, 0] == 1


def test_last_hours_never_holds_the_hour_itself() -> None:
    """Row k of the stack is the value k + 1 hours before."""
    stacked = last_hours(np.array([[1.0], [2.0], [3.0]]), 2)[:, :, 0]
    np.testing.assert_array_equal(stacked, [[NAN, 1.0, 2.0], [NAN, NAN, 1.0]])


def test_a_fine_series_may_not_repeat_and_a_coarse_one_may() -> None:
    """Random reals allow no repeat; integers that repeat half of the time allow runs of about a dozen."""
    rng = np.random.default_rng(1)
    fine, coarse = rng.normal(size=500), (np.cumsum(rng.random(500) < 0.5)).astype(float)
    repeat = longest_repeat(np.stack([fine, coarse], axis=1))
    assert repeat[0] == 2
    assert 10 <= repeat[1] <= 24


def test_little_is_known_of_a_short_series() -> None:
    """Below a day of values the longest repeat is the most allowed."""
    assert longest_repeat(np.arange(10.0)[:, None]).tolist() == [24]


def test_blocks_of_a_stuck_sensor_do_not_excuse_each_other() -> None:
    """Many long blocks in a fine series leave it a fine series; true pairs, singly, make it one that repeats."""
    rng = np.random.default_rng(2)
    blocks, pairs = rng.normal(size=600), rng.normal(size=600)
    for begin in range(0, 600, 30):
        blocks[begin : begin + 6] = blocks[begin]
        pairs[begin + 1] = pairs[begin]
    assert longest_repeat(np.stack([blocks, pairs], axis=1)).tolist() == [2, 4]
