"""What lies before a change, or in a pause, is as if it had not been."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from validation.calibrations import GIVES_VALUE, NONE, PAUSED
from validation.flags import Flag, Quality, quality
from validation.network import Calibrations, Network, fit, validate
from validation.segments import before, blank, forget, mark

NEVER = np.datetime64("NaT", "h")
DAY = np.timedelta64(24, "h")


@pytest.fixture(scope="module")
def network(world: Any) -> Network:
    """Give three weeks of eight stations."""
    found: Network = world.network
    return found


@pytest.fixture(scope="module")
def fitted(network: Network) -> Calibrations:
    """Fit them once."""
    return fit(network, at=_end(network))


def _end(network: Network) -> np.datetime64:
    return np.datetime64(network.hours[-1] + np.timedelta64(1, "h"))


def test_only_hours_before_the_begin_are_before_it() -> None:
    """The hour that a segment begins with is in it, and a series that never changed has no hour before."""
    hours = np.arange("2026-05-04T00", "2026-05-04T03", dtype="datetime64[h]")
    found = before(hours, np.array([hours[1], NEVER]))
    np.testing.assert_array_equal(found, [[True, False], [False, False], [False, False]])


def test_a_fit_of_a_segment_does_not_see_what_was_before(network: Network) -> None:
    """Whatever the old hours hold, the coefficients are the same to the last bit, and the window begins later."""
    begin = _end(network) - 10 * DAY
    old = before(network.hours, np.full(8, begin))
    other = replace(network, raw=np.where(old, 777.0, network.raw))
    one, two = (fit(blank(each, old), at=_end(network)) for each in (network, other))
    np.testing.assert_array_equal(one.coefficients, two.coefficients)
    assert (one.window_begin >= begin).all()


def test_what_was_learnt_before_a_change_is_not_held_over(network: Network, fitted: Calibrations) -> None:
    """Only the series whose window lies before its segment is left without a calibration to hold; a window that begins
    with its segment is of it."""
    begin = np.full(8, NEVER)
    begin[0] = _end(network)
    left = forget(fitted, begin)
    assert (left.status[0], *left.status[1:]) == (NONE, *fitted.status[1:])
    assert fitted.status[0] in GIVES_VALUE
    assert forget(fitted, fitted.window_begin).status == fitted.status


def test_the_age_of_a_segment_and_a_pause_stand_in_the_record(network: Network, fitted: Calibrations) -> None:
    """A day-old segment, one that begins within the hour, none; and the paused series gives no value."""
    begin = np.full(8, NEVER)
    begin[:2] = _end(network) - DAY, _end(network) + np.timedelta64(1, "h")
    marked = mark(fitted, begin, np.arange(8) == 2)
    np.testing.assert_array_equal(marked.scores["segment_days"][:3], [1.0, 0.0, np.nan])
    assert marked.status[2] == PAUSED
    assert marked.record(0)["scores"]["segment_days"] == 1.0


@pytest.mark.parametrize(("days", "flagged"), [(27.0, True), (29.0, False), (np.nan, False)])
def test_four_weeks_of_hours_say_that_the_segment_is_new(
    network: Network, fitted: Calibrations, days: float, flagged: bool
) -> None:
    """The hours after a calibration of a young segment carry the flag, others do not."""
    known = replace(fitted, scores={**fitted.scores, "segment_days": np.full(8, days)})
    found = validate(network, known, begin=_end(network) - 2 * DAY, end=_end(network))
    assert ((found.flags & Flag.NEW_SEGMENT) != 0).all() == flagged
    assert ((found.flags & Flag.NEW_SEGMENT) != 0).any() == flagged


def test_a_paused_hour_is_not_evaluated() -> None:
    """A pause is no fault of the sensor, and a new segment none either."""
    levels = quality(np.array([Flag.PAUSED, Flag.NEW_SEGMENT], np.int32))
    assert levels.tolist() == [Quality.NOT_EVALUATED, Quality.PASS]
