"""One reading with the current calibration: what a live page shows before the hour is full.

The same features as for hours with the last hours taken as equal to the reading, so a steady reading gives the hour's
value; the interval is wider, because a single reading is noisier than an hour's mean.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.calibrations import FLAG_OF, GIVES_VALUE, Calibrations
from validation.features import BASE, features, fill
from validation.fit import apply, highest_raw
from validation.flags import Flag
from validation.humidity import water_share
from validation.interval import beyond_window, bounds, held_over
from validation.policy import DEFAULT, Policy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_READING_NOISE = 1.4  # [M] a five-minute reading against its hour, beside the noise of the hour


@dataclass(frozen=True, slots=True)
class Nowcast:
    """Validated readings (N,): value with 95 % interval, NaN where none can be given, and flags that say why."""

    value: Floats
    lower: Floats
    upper: Floats
    flags: npt.NDArray[np.int32]


def nowcast(
    calibrations: Calibrations, row: Ints, raw: Floats, relative_humidity: Floats, temperature: Floats,
    time: npt.NDArray[np.datetime64],
    *, observed_property: str, others: Floats | None = None, policy: Policy = DEFAULT,
) -> Nowcast:  # fmt: skip
    """Calibrate readings (N,) of one observed property; `row` (N,) is the series' row in `calibrations`, -1 for none.

    raw as sent, relative_humidity [%] and temperature [°C] at the sensor (NaN: the window's mean is used), time of the
    readings, others (N,k) the raw channels of the cross-sensitive gases in the order of the calibration's features.
    """
    limits = policy.of(observed_property)
    flags = np.zeros(len(raw), np.int32)
    known = (row >= 0) & (len(calibrations.status) > 0)
    if not known.any():
        none = np.full(len(raw), np.nan)
        return Nowcast(none, none, none, flags | Flag.NOT_CALIBRATED)
    at = np.where(known, row, 0)
    status = np.array(calibrations.status)[at]
    gives = known & np.isin(status, GIVES_VALUE)
    for name, flag in FLAG_OF.items():
        flags[known & (status == name)] |= flag
    flags[~gives] |= Flag.NOT_CALIBRATED
    stack = features(raw, (raw, raw, raw), relative_humidity, temperature, _channels(calibrations, others, len(raw)))
    highest = highest_raw(calibrations.scores)[at]
    value = apply(fill(stack, calibrations.centre[at]), calibrations.coefficients[at], highest)
    value = np.where(gives, value, np.nan)
    parts = calibrations.interval
    held, grown = held_over(time, calibrations.window_end[at], policy)
    flags[gives & held] |= Flag.CALIBRATION_HELD
    outside = beyond_window(raw, {name: scores[at] for name, scores in calibrations.scores.items()})
    flags[gives & (outside > 0)] |= Flag.EXTRAPOLATED
    noise = parts.noise[at] * _READING_NOISE * (1.0 + outside) * grown
    lower, upper = bounds(
        value, parts.median[at], parts.increment_up[at], parts.increment_down[at], noise,
        water_share(relative_humidity, limits), limits=limits, policy=policy,
    )  # fmt: skip
    return Nowcast(value, lower, upper, flags)


def _channels(calibrations: Calibrations, others: Floats | None, count: int) -> tuple[Floats, ...]:
    """The other gases' raw channels that the calibration wants, NaN where they were not given."""
    wanted = sum(name.startswith("raw_") and name not in BASE for name in calibrations.feature_names)
    if others is None:
        others = np.full((count, wanted), np.nan)
    if others.shape != (count, wanted):
        raise ValueError(f"others has shape {others.shape}, the calibration needs {(count, wanted)}")
    return tuple(others.T)
