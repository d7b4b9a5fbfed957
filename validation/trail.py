"""What the hours before left behind: with it the next hour needs nothing older than a day.

An hour is judged by the hours before it: runs of equal values, spikes that excuse each other, findings that last.
Without a trail that is found anew from four days of history; with one it is taken over, and the answer is the same.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.calibrations import Calibrations
from validation.columns import Columns
from validation.field import References
from validation.history import Network
from validation.screening import Screened
from validation.surroundings import Surroundings
from validation.watch import Watched

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

HOURS = 24
"""How far any check looks back, given what it said of the hours before."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands where, and the status (S,) of each series and whether that gives a value, for one set of
    calibrations: unchanged from hour to hour."""

    references: References
    columns: Columns
    surroundings: Surroundings
    status: npt.NDArray[np.str_]
    gives: Bools


@dataclass(frozen=True, slots=True)
class Trail:
    """The K hours that end with the last one validated, K up to 24; good forever for its calibrations and readings."""

    calibrations: Calibrations
    layout: Layout
    past: Network
    screened: Screened
    watched: Watched

    def leads_to(self, begin: np.datetime64, network: Network, calibrations: Calibrations) -> bool:
        """Whether the trail ends where [begin, ...) begins, and what it was made from is what is known now."""
        past = self.past
        if calibrations is not self.calibrations or not len(past.hours) or past.hours[-1] + 1 != begin:
            return False
        now = network.between(past.hours[0], begin)
        names = ("hours", "raw", "relative_humidity", "temperature", "reference", "latitude", "longitude")
        same = all(_equal(getattr(now, name), getattr(past, name)) for name in names)
        others = now.other_raw.keys() == past.other_raw.keys()
        return same and others and all(_equal(now.other_raw[name], past.other_raw[name]) for name in past.other_raw)


def _equal(now: npt.NDArray[np.generic], then: npt.NDArray[np.generic]) -> bool:
    """Equal to the last bit, missing hours included: compared as whole numbers, since NaN is not equal to itself."""
    return now.shape == then.shape and bool((now.view(np.int64) == then.view(np.int64)).all())
