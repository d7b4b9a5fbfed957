"""The best estimate of the air at a place: the reference field, moved by the sensor as far as the sensor has earned it.

F + level + share · (V - F - level) + the error that siblings share this hour + what other sensors at the spot say. The
sensor's part is bounded, so that an estimate is never much worse than the field alone.
"""

import numpy as np
import numpy.typing as npt

from validation.calibrations import Shares
from validation.columns import Columns
from validation.history import Network, distance_km
from validation.policy import Policy, PropertyPolicy

Floats = npt.NDArray[np.float64]

_LEAST_HOURS = 72
_LEAST_CORRELATION, _MOST_CORRELATION = 0.05, 0.9
_LEAST_OWN_SHARE = 0.2  # of a sensor's error variance is its own: two sensors do not make one truth


def learn_shares(
    value: Floats, field: Floats, beside: Floats, columns: Columns, *, limits: PropertyPolicy, policy: Policy
) -> tuple[Shares, Floats]:
    """Learn from hours (H,C) how the value sits over the field; `beside` (H,S) is reference minus value at sensors beside
    one, NaN elsewhere. Returns the shares per series and level and scale per column (2,C)."""
    apart = value - field
    level = _mean(apart)
    size = np.abs(apart - level) / _growth(field, np.nanmedian(field) if np.isfinite(field).any() else 0.0, limits)
    scale = 1.4826 * _median(size)
    common, own = _variances(beside)
    series = beside.shape[1]
    return Shares(level[:series], scale[:series], common, own), np.stack([level, scale])


def common_error(beside: Floats, shares: Shares, columns: Columns, network: Network) -> Floats:
    """Predict (h,C) the error that sensors of one model share in an hour, from those beside a reference (h,S).

    Best linear prediction with the learnt variances; a column never uses the reference it is judged by, nor itself.
    """
    models = np.array(network.sensor_model, dtype=object)
    near = columns.near[: beside.shape[1]]
    own = np.where(np.isfinite(shares.own_variance) & (near >= 0), shares.own_variance, np.inf)
    crowd = np.array([(near == r).sum() if r >= 0 else 1 for r in near])  # sensors at one reference share its error
    trust = (models[columns.series][:, None] == models[None, :]) / (np.maximum(own, 1e-9) * crowd)[None, :]
    trust[columns.series[:, None] == np.arange(len(models))[None, :]] = 0.0
    trust[columns.pseudo[:, None] & (columns.without[:, None] == near[None, :])] = 0.0
    there = np.isfinite(beside)
    prior = 1.0 / np.maximum(shares.common_variance[columns.series], 1e-9)
    found: Floats = (np.where(there, beside, 0.0) @ trust.T) / (prior + there.astype(np.float64) @ trust.T)
    return np.where(np.isfinite(found), found, 0.0)


def same_spot(value: Floats, columns: Columns, network: Network, policy: Policy) -> Floats:
    """Mean value of the other series within 300 m minus the own value (h,C); 0 where there is none."""
    apart = distance_km(network.latitude, network.longitude, network.latitude, network.longitude)
    close = (apart < policy.same_spot_km) & ~np.eye(len(apart), dtype=bool)
    close_columns = close[columns.series].astype(np.float64)
    own = value[:, : len(apart)]
    there = np.isfinite(own)
    count = there.astype(np.float64) @ close_columns.T
    total = np.where(there, own, 0.0) @ close_columns.T
    difference = total / np.maximum(count, 1.0) - value
    return np.where((count > 0) & np.isfinite(difference), difference, 0.0)


def estimate(
    value: Floats, field: Floats, level: Floats, scale: Floats, common: Floats, spot: Floats,
    *, limits: PropertyPolicy, policy: Policy,
) -> Floats:  # fmt: skip
    """Join the parts (h,C), with level and scale per column (C,); without a field the value stands alone, and without a
    value the field with the station's level."""
    bound = policy.clip_scales * scale * _growth(field, _median(field), limits)
    apart = np.clip(value - field - level, -bound, bound)
    known = np.where(np.isfinite(level), level, 0.0)
    shift = policy.common_share * common + policy.same_spot_share * spot
    joined = field + known + np.where(np.isfinite(apart), policy.sensor_share * apart + shift, 0.0)
    joined = np.where(np.isfinite(joined), joined, value + shift)
    return np.maximum(joined, 0.0)


def _growth(level: Floats, at: Floats | float, limits: PropertyPolicy) -> Floats:
    """How much larger errors are at `level` than at `at`."""
    grown: Floats = (limits.base + np.maximum(level, 0.0)) / (limits.base + np.maximum(at, 0.0))
    return grown


def _variances(beside: Floats) -> tuple[Floats, Floats]:
    """Split the error variance of the sensors beside references (H,S) into what they share and each one's own."""
    there = np.isfinite(beside)
    usable = there.sum(0) >= _LEAST_HOURS
    centred = np.where(there & usable, beside - _mean(beside), 0.0)
    variance = np.where(usable, (centred**2).sum(0) / np.maximum(there.sum(0), 1), np.nan)
    if usable.sum() < 2:
        return np.full(len(variance), 1e-9), np.where(usable, variance, np.nan)
    known = centred[:, usable]
    size = np.sqrt(np.maximum((known**2).sum(0), 1e-12))
    correlation = (known.T @ known) / np.outer(size, size)
    mean = np.clip(correlation[~np.eye(len(size), dtype=bool)].mean(), _LEAST_CORRELATION, _MOST_CORRELATION)
    shared = float(mean * np.nanmin(variance))
    return np.full(len(variance), shared), np.maximum(variance - shared, _LEAST_OWN_SHARE * variance)


def _mean(values: Floats) -> Floats:
    there = np.isfinite(values)
    count = there.sum(0)
    return np.where(count > 0, np.where(there, values, 0.0).sum(0) / np.maximum(count, 1), np.nan)


def _median(values: Floats) -> Floats:
    ordered = np.sort(values, axis=0)
    count = np.isfinite(values).sum(0)
    if not len(values):
        return np.full(values.shape[1], np.nan)
    median: Floats = ordered[np.maximum(count - 1, 0) // 2, np.arange(values.shape[1])]
    return median
