"""What the hours before left behind: with it the next hour needs nothing older than a day.

An hour is judged by the hours before it: runs of equal values, spikes that excuse each other, findings that last.
Without a trail that is found anew from four days of history; with one it is taken over, and the answer is the same.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from validation.calibrations import Calibrations
from validation.columns import Columns
from validation.field import References
from validation.history import Network
from validation.screening import Screened
from validation.surroundings import Surroundings
from validation.watch import Watched

Bools = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]

HOURS = 24
"""How far any check looks back, given what it said of the hours before."""

_LOOKED_AT = (
    "hours", "raw", "relative_humidity", "temperature", "latitude", "longitude",
    "reference", "reference_latitude", "reference_longitude",
)  # fmt: skip


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
        now, then = _looked_at(network.between(past.hours[0], begin)), _looked_at(past)
        return now.keys() == then.keys() and all(_equal(now[name], then[name]) for name in then)


def _looked_at(network: Network) -> dict[str, Array]:
    """Name the arrays of a network that validation looks at."""
    found: dict[str, Array] = {name: getattr(network, name) for name in _LOOKED_AT}
    if network.spread is not None:
        found["spread"] = network.spread
    return found | {f"other {name}": array for name, array in network.other_raw.items()}


def _equal(now: Array, then: Array) -> bool:
    """Equal to the last bit, missing hours included: compared as whole numbers, since NaN is not equal to itself."""
    return now.shape == then.shape and bool((now.view(np.int64) == then.view(np.int64)).all())
