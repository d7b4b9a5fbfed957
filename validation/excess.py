"""Which readings of a particle sensor are too high to learn from, told in the direction in which it errs: raw by field.

A regression of field on raw cannot tell droplets in the laser from air: where two hours of five are wet and too high, a
line that ignores the sensor fits as well as the right one. Raw over what the field lets expect shows two heaps instead.
"""

import numpy as np
import numpy.typing as npt

from validation.humidity import is_wet
from validation.neighbours import depart, disagrees
from validation.policy import PropertyPolicy
from validation.screening import learn_expectation

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_WET_FROM, _WET_UNTIL = 3.0, 2.0  # scales [M]: of the wet hours of four real sets 0 to 5 % are beyond
_DRY_FROM = 5.0  # [M] a reading times three in dry air; 1 % of the dry hours of real sets, and none of Denver's
_LEAST_SCALE = 0.05  # of the logarithm: closer than that no two places agree
_LEAST_HOURS = 48
_NORMAL_HALF = 0.6745  # half of a normal distribution lies within so many standard deviations


def too_high(good: Floats, field: Floats, humidity: Floats, limits: PropertyPolicy) -> Bools:
    """True for hours (H,S) of raw that depart from the field (H,S) far more than the series' dry hours do: wet ones,
    with the hours after them until that is over, and single dry ones that are further out.

    What is usual is learnt from dry hours alone (humidity [%] up to 85, or not known), by medians and by the shortest
    half: two wrong hours of five, all high, hardly move it.
    """
    wet = is_wet(humidity)
    usual = learn_expectation(np.where(wet, np.nan, good), field, limits)
    slope = np.where(usual.gain > 0, usual.gain, np.nan)
    departure = depart((good - usual.offset) / slope, field, limits)
    middle, scale = shortest_half(np.where(wet, np.nan, departure))
    score = (departure - middle) / np.hypot(scale, _LEAST_SCALE)
    begins = np.where(wet, score, np.minimum(score, _WET_FROM))
    found: Bools = disagrees(begins, found=_WET_FROM, lasting=_WET_UNTIL) | (score > _DRY_FROM)
    return found


def shortest_half(values: Floats) -> tuple[Floats, Floats]:
    """Middle and scale (S,) of the shortest interval that holds half of each column of (H,S); NaN for fewer than 48.

    Rousseeuw and Leroy (1988), doi 10.1111/j.1467-9574.1988.tb01224.x. The scale is that of a normal distribution.
    """
    count = np.isfinite(values).sum(0)
    enough = count >= _LEAST_HOURS
    if not enough.any():
        nothing = np.full(values.shape[1], np.nan)
        return nothing, nothing
    ordered = np.sort(values, axis=0)  # NaN last
    row, half = np.arange(len(values))[:, None], count // 2
    end = np.minimum(row + half, len(values) - 1)
    width = np.where(row + half < count, np.take_along_axis(ordered, end, 0) - ordered, np.inf)
    first = width.argmin(0)[None]
    low, high = (np.take_along_axis(ordered, at, 0)[0] for at in (first, np.minimum(first + half, len(values) - 1)))
    return np.where(enough, (low + high) / 2, np.nan), np.where(enough, (high - low) / (2 * _NORMAL_HALF), np.nan)
