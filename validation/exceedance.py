"""Was a level exceeded? The honest answer: a range of probabilities given interval and capture, or that nobody can say.

Values of sensors may not be tested against limit values; what comes out of here is indicative, whatever it says. The
errors are those of the interval: a share of their variance is common to all days (a calibration that is off is off
every day), the rest is each day's own. Days without a value are laid between the lowest and the highest tenth of the
days that have one, so that the answer widens with what is missing.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DAY_CAPTURE = 0.75  # 18 of 24 hours: Directive (EU) 2024/2881, Annex V
LEAST_CAPTURE = 0.5  # with fewer days there is no year to speak of
SURE = 0.95
COMMON_SHARE = 1.0  # as if the errors of all days were one and the same, which is the widest that they can be

_NODES = 65  # of the common error: steps of 1.5 % in probability
_EDGE = 0.1  # tenth of the days that missing ones may be like


class Verdict(IntEnum):
    """What a range of probabilities comes to."""

    CANNOT_SAY = 0
    EXCEEDED = 1
    NOT_EXCEEDED = 2


@dataclass(frozen=True, slots=True)
class Exceedance:
    """Probabilities (A,) between which the truth lies whatever the missing days were; NaN: too few days to say."""

    lower: Floats
    upper: Floats
    capture: Floats

    def verdict(self, sure: float = SURE) -> Ints:
        """Give the Verdict (A,): only what holds at both ends of the range, and at least `sure`, is said."""
        found = np.full(self.lower.shape, int(Verdict.CANNOT_SAY))
        found[self.lower >= sure] = Verdict.EXCEEDED
        found[self.upper <= 1 - sure] = Verdict.NOT_EXCEEDED
        return found


def day_exceeded(mean: Floats, error: Floats, capture: Floats, *, level: float, least: float = DAY_CAPTURE) -> Floats:
    """Give the probability that days were above `level`: mean, standard error [µg/m³] and capture 0..1, any one shape.

    NaN where there is no mean or less than `least` of the day. The error of a mean is taken to be that of its hours.
    """
    probability: Floats = ndtr((mean - level) / np.maximum(error, 1e-9))
    return np.where(capture >= least, probability, np.nan)


def mean_exceeded(
    mean: Floats, error: Floats, *, level: float, common: float = COMMON_SHARE, least: float = LEAST_CAPTURE
) -> Exceedance:
    """Give the probability that the mean of all D days was above `level`.

    mean, error: day means and their standard errors (A,D) [µg/m³], NaN for days without; common: the share of the
    error's variance that all days have in common.
    """
    low, high, size, capture = _completed(mean, error)
    count = np.maximum(np.isfinite(mean).sum(1), 1)
    variance = common * size.mean(1) ** 2 + (1 - common) * (size**2).mean(1) / count
    spread = np.maximum(np.sqrt(variance), 1e-9)
    lower, upper = (ndtr((each.mean(1) - level) / spread) for each in (low, high))
    return _with_least(lower, upper, capture, least)


def days_exceeded(
    mean: Floats, error: Floats, *, level: float, allowed: int,
    common: float = COMMON_SHARE, least: float = LEAST_CAPTURE,
) -> Exceedance:  # fmt: skip
    """Give the probability that more than `allowed` of the D days were above `level`; the rest as in mean_exceeded."""
    low, high, size, capture = _completed(mean, error)
    lower, upper = (_more_than(each, size, level, allowed, common) for each in (low, high))
    return _with_least(lower, upper, capture, least)


def _completed(mean: Floats, error: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Fill days (A,D) without a mean from below and from above; with the errors, filled, and the capture (A,)."""
    known: npt.NDArray[np.bool_] = np.asarray(np.isfinite(mean))
    capture = known.mean(1)
    some = np.where(known.any(1, keepdims=True), mean, 0.0)  # rows without a day: what comes of them is thrown away
    edges = np.nanquantile(some, (_EDGE, 1 - _EDGE), axis=1)
    usual = np.nanmedian(np.where(known.any(1, keepdims=True), error, 0.0), axis=1)
    size = np.where(known, error, usual[:, None])
    low, high = (np.where(known, mean, edge[:, None]) for edge in edges)
    return low, high, size, capture


def _more_than(mean: Floats, error: Floats, level: float, allowed: int, common: float) -> Floats:
    """Give P(count > allowed) (A,): over the common error, the exact distribution of a sum of unequal coins."""
    shift: Floats = ndtri((np.arange(_NODES) + 0.5) / _NODES)
    own = np.maximum(np.sqrt(1 - common) * error, 1e-9)[:, None, :]
    above = mean[:, None, :] + np.sqrt(common) * error[:, None, :] * shift[None, :, None] - level
    chance = ndtr(above / own)  # (A,K,D)
    spread = np.zeros((*chance.shape[:2], allowed + 2))  # of counts 0..allowed, and of more
    spread[..., 0] = 1.0
    for day in range(chance.shape[2]):  # days of a year: 366 steps at most, each for all areas
        one = chance[..., day, None]
        step = spread * (1 - one)
        step[..., 1:] += spread[..., :-1] * one
        step[..., -1] += spread[..., -1] * one[..., 0]  # more than allowed stays so
        spread = step
    more: Floats = spread[..., -1].mean(1)
    return more


def _with_least(lower: Floats, upper: Floats, capture: Floats, least: float) -> Exceedance:
    enough = capture >= least
    return Exceedance(np.where(enough, lower, np.nan), np.where(enough, upper, np.nan), capture)
