"""A calibration learns from one state of a station: what was before a change, and what was paused, is not looked at.

Where the changes come from (the owner, or what quality control found) is not this module's matter.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from validation.calibrations import NONE, PAUSED, Calibrations
from validation.history import Network

Bools = npt.NDArray[np.bool_]
Hours = npt.NDArray[np.datetime64]

_DAY = np.timedelta64(24, "h")


def before(hours: Hours, begin: Hours) -> Bools:
    """True for the hours (H,) before the begin (S,) of each series' segment, as (H,S); never where that is NaT."""
    found: Bools = hours[:, None] < begin[None, :]
    return found


def blank(network: Network, unused: Bools) -> Network:
    """Take the raw readings of the hours (H,S) out of a network, as if they had never been sent."""
    return replace(network, raw=np.where(unused, np.nan, network.raw))


def forget(calibrations: Calibrations, begin: Hours) -> Calibrations:
    """Let what was learnt before the begin (S,) of its segment give no value, so that it is not held over."""
    old = calibrations.window_begin < begin
    status = np.where(old, NONE, np.array(calibrations.status, dtype=object))
    return replace(calibrations, status=tuple(status.tolist()))


def mark(calibrations: Calibrations, begin: Hours, paused: Bools) -> Calibrations:
    """Note how many days old the segment of each series (S,) is, NaN where it never changed, and which are paused."""
    age = np.where(np.isnat(begin), np.nan, (calibrations.fitted_at - begin) / _DAY)
    status = np.where(paused, PAUSED, np.array(calibrations.status, dtype=object))
    scores = {**calibrations.scores, "segment_days": np.maximum(age, 0.0)}
    return replace(calibrations, status=tuple(status.tolist()), scores=scores)
