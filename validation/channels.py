"""Do the two channels of one instrument agree? Two lasers in one box see the same air; where they do not, no one knows
which is right.
"""

import numpy as np
import numpy.typing as npt

from validation.policy import PropertyPolicy

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_DIFFERENCE = 5.0  # [unit scales] 5 µg/m³ of particles: Barkjohn 2021, doi 10.5194/amt-14-4617-2021
_SHARE = 0.70  # of their mean: the hourly rule of EPA's AirSensor


def find_twins(station_id: tuple[str, ...], sensor_model: tuple[str, ...]) -> Ints:
    """Find the other channel of each series (S,): the one series more of its model on its station; -1 where there is
    none, or more than one."""
    twins = np.full(len(sensor_model), -1, np.int64)
    together: dict[tuple[str, str], list[int]] = {}
    for index, key in enumerate(zip(station_id, sensor_model, strict=False)):
        together.setdefault(key, []).append(index)
    for group in together.values():
        if len(group) == 2:
            twins[group] = group[::-1]
    return twins


def channel_disagreement(raw: Floats, twins: Ints, limits: PropertyPolicy) -> Bools:
    """True where a series (H,S) and its twin differ by more than 5 unit scales and by more than 70 % of their mean."""
    if not (twins >= 0).any():
        return np.zeros(raw.shape, bool)
    other = np.where(twins >= 0, raw[:, np.maximum(twins, 0)], np.nan)
    apart = np.abs(raw - other)
    found: Bools = (apart > _DIFFERENCE * limits.unit_scale) & (apart > _SHARE * np.abs(raw + other) / 2)
    return found
