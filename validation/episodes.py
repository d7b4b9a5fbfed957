"""Is a high hour the air of the neighbourhood, or of one garden? Fireworks and smoke are real and kept; a barbecue is
real too, and says nothing of a sensor's calibration.
"""

import numpy as np
import numpy.typing as npt

from validation.neighbours import LEAST_NEIGHBOURS, MANY
from validation.policy import PropertyPolicy
from validation.runs import last_hours

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

BACKGROUND_HOURS = 24
_TIMES_BACKGROUND = 3.0
_GROWTH_FROM = 85.0  # [%] relative humidity: fog raises all sensors and is no smoke
_EVENT_HOURS, _EVENT_LEAST, _EVENT_MOST = 3, 2, 24


def risen(
    value: Floats, limits: PropertyPolicy, *, times: float = _TIMES_BACKGROUND, margins: float = 1.0,
    rows: int | None = None,
) -> Bools:  # fmt: skip
    """True where a value (H,S) exceeds three times the median of its 24 hours before, by the spike margin and more; of
    the last `rows` hours (all)."""
    rows = len(value) if rows is None else rows
    now = value[len(value) - rows :]
    least = (now - margins * limits.spike_margin) / times  # what the median has to lie below
    count, lower = np.zeros((2, *now.shape), np.int16)
    for past in last_hours(value, BACKGROUND_HOURS, rows):
        count += np.isfinite(past)
        lower += past < least
    found: Bools = (least > 0) & (lower > np.maximum(count - 1, 0) // 2) & (count >= BACKGROUND_HOURS // 4)
    return found


def episode(
    value: Floats, field: Floats, humidity: Floats, neighbours: Ints, limits: PropertyPolicy, rows: int | None = None
) -> Bools:
    """True where a rise (H,S) is seen by the reference field, or in dry air by 30 % of at least three neighbours; of
    the last `rows` hours (all), of which alone the humidity (rows,S) is."""
    own = risen(value, limits, rows=rows)
    now = value[len(value) - len(own) :]
    known = (np.isfinite(now)[:, np.maximum(neighbours, 0)] & (neighbours >= 0)).sum(-1)
    high = (own[:, np.maximum(neighbours, 0)] & (neighbours >= 0)).sum(-1)
    many = (known >= LEAST_NEIGHBOURS) & (high >= np.maximum(MANY * known, 2.0))
    seen: Bools = own & (risen(field, limits, rows=rows) | (many & ~(humidity > _GROWTH_FROM)))
    return seen


def local_event(above: Bools, humidity: Floats) -> Bools:
    """True where a series alone stands above its neighbours (H,S) in two of the last three hours, but not for a day;
    of the last hours, of which the humidity (h,S) is.

    `above`: beyond the neighbours in dry or humid air, episodes taken out. What lasts longer is no event but the sensor
    or its place.
    """
    rows = len(above) - len(humidity)
    lately, day = (_count(above, hours)[rows:] for hours in (_EVENT_HOURS, _EVENT_MOST))
    found: Bools = above[rows:] & (lately >= _EVENT_LEAST) & (day < _EVENT_MOST) & ~(humidity > _GROWTH_FROM)
    return found


def _count(mask: Bools, hours: int) -> npt.NDArray[np.int32]:
    """How many of the last `hours` hours, this one included, are marked (H,S)."""
    total = np.cumsum(mask, axis=0, dtype=np.int32)
    before = np.zeros_like(total)
    before[hours:] = total[:-hours]
    return total - before
