"""What a calibration says of the hours it is applied to: intervals around the values, and flags that say why."""

import numpy as np
import numpy.typing as npt

from validation.calibrations import FLAG_OF, Calibrations
from validation.flags import Flag
from validation.history import Network, Validated
from validation.humidity import water_share
from validation.interval import beyond_window, bounds, held_over
from validation.look import Look
from validation.policy import Policy, PropertyPolicy
from validation.trail import Layout

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_FEW_REFERENCES = 2
_FIELD_ALONE = 1.3  # an estimate without the sensor [M]: RMSE of the field against that of the estimate


def conclude(
    recent: Network, seen: Look, value: Floats, guess: Floats, measured: Bools, calibrations: Calibrations,
    layout: Layout, limits: PropertyPolicy, policy: Policy,
) -> Validated:  # fmt: skip
    """Add intervals and flags."""
    parts, hours = calibrations.interval, recent.hours
    held, grown = held_over(hours[:, None], calibrations.window_end[None, :], policy)
    outside = beyond_window(recent.raw, calibrations.scores)
    water = water_share(recent.relative_humidity, limits)
    lower, upper = bounds(
        value,
        parts.median,
        parts.increment_up,
        parts.increment_down,
        parts.noise * grown * (1.0 + outside),
        water,
        limits=limits,
        policy=policy,
    )
    wide = grown * np.where(np.isfinite(value), 1.0 + outside, _FIELD_ALONE)
    noise = np.where(measured, limits.unit_scale, parts.estimate_noise * wide)
    down, up = (np.where(measured, 0.0, part * wide) for part in (parts.estimate_down, parts.estimate_up))
    part_of_guess = np.where(measured | ~np.isfinite(value), 0.0, water * (1.0 - water))
    guess_lower, guess_upper = bounds(guess, parts.median, up, down, noise, part_of_guess, limits=limits, policy=policy)
    flags = seen.flags | _calibration_flags(layout, seen, held)
    flags[(outside > 0) & np.isfinite(value)] |= Flag.EXTRAPOLATED
    return Validated(hours, flags, value, lower, upper, guess, guess_lower, guess_upper)


def _calibration_flags(layout: Layout, seen: Look, held: Bools) -> npt.NDArray[np.int32]:
    """Say what kind of calibration an hour had (H,S)."""
    status, gives = layout.status, layout.gives
    flags = np.zeros(seen.flags.shape, np.int32)
    flags[:, ~gives] |= Flag.NOT_CALIBRATED
    for name, flag in FLAG_OF.items():
        flags[:, status == name] |= flag
    flags[held & gives] |= Flag.CALIBRATION_HELD
    flags[seen.field.count < _FEW_REFERENCES] |= Flag.FEW_REFERENCES
    return flags
