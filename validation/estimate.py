"""The best estimate of the air at a place: the reference field, moved by the sensor as far as the sensor has earned it.

F + level + share · (V - F - level) + the error that siblings share this hour + what other sensors at the spot say. The
sensor's part is bounded, so that an estimate is never much worse than the field alone.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.calibrations import Shares
from validation.columns import Columns
from validation.field import RESIDUAL_CLIP, References
from validation.history import Network
from validation.median import TO_SIGMA
from validation.policy import Policy, PropertyPolicy
from validation.surroundings import Surroundings

Floats = npt.NDArray[np.float64]

BOUND = 3.0  # scales that one reading may move the estimate [M]
_LEAST_HOURS = 72
_LEAST_CORRELATION, _MOST_CORRELATION = 0.05, 0.9
_LEAST_OWN_SHARE = 0.2  # of a sensor's error variance is its own: two sensors do not make one truth


@dataclass(frozen=True, slots=True)
class Join:
    """How value and field are joined, each (C,): level and scale of value - field, the sensor's share, the usual
    value.
    """

    level: Floats
    scale: Floats
    share: Floats
    median: Floats


def learn_shares(
    value: Floats,
    field: Floats,
    beside: Floats,
    columns: Columns,
    references: References,
    *,
    limits: PropertyPolicy,
    policy: Policy,
) -> tuple[Shares, Join]:
    """Learn from hours (H,C) how the value sits over the field, per series and per column.

    `beside` (H,S) is reference minus value at the sensors beside a reference, NaN elsewhere.
    """
    apart = value - field
    level = _mean(apart)
    share = sensor_share(apart - level, _together(field, value), columns, references, limits, policy)
    median = _median(field)
    scale = TO_SIGMA * _median(np.abs(apart - level) / _growth(field, median, limits))
    common, own = _variances(beside)
    series = beside.shape[1]
    join = Join(level, scale, share, np.nan_to_num(median))
    return Shares(level[:series], scale[:series], share[:series], common, own), join


def shift(
    value: Floats, beside: Floats, shares: Shares, columns: Columns, network: Network, surroundings: Surroundings,
    policy: Policy,
) -> Floats:  # fmt: skip
    """What the siblings beside references and the other sensors at the spot add to each value (h,C) [unit]."""
    common = policy.common_share * common_error(beside, shares, columns, network)
    return common + policy.same_spot_share * same_spot(value, columns, surroundings)


def common_error(beside: Floats, shares: Shares, columns: Columns, network: Network) -> Floats:
    """Predict (h,C) the error that sensors of one model share in an hour, from those beside a reference (h,S).

    Best linear prediction with the learnt variances; a column never uses the reference it is judged by, nor itself.
    """
    near = columns.near[: beside.shape[1]]
    told = np.flatnonzero(np.isfinite(shares.own_variance) & (near >= 0))
    if not len(told):
        return np.zeros((len(beside), len(columns.series)))
    models, near = np.array(network.sensor_model, dtype=np.str_), near[told]
    crowd = (near[:, None] == near[None, :]).sum(1)  # sensors at one reference share its error
    trust = models[columns.series][:, None] == models[told][None, :]
    trust &= columns.series[:, None] != told[None, :]
    trust &= ~(columns.pseudo[:, None] & (columns.without[:, None] == near[None, :]))
    weight = trust / (np.maximum(shares.own_variance[told], 1e-9) * crowd)[None, :]
    there = np.isfinite(beside[:, told])
    prior = 1.0 / np.maximum(shares.common_variance[columns.series], 1e-9)
    found: Floats = (np.where(there, beside[:, told], 0.0) @ weight.T) / (prior + there.astype(np.float64) @ weight.T)
    return np.where(np.isfinite(found), found, 0.0)


def same_spot(value: Floats, columns: Columns, surroundings: Surroundings) -> Floats:
    """Mean value of the other series within 300 m minus the own value (h,C); 0 where there is none."""
    close = surroundings.close
    if not close.nnz:
        return np.zeros(value.shape)
    own = value[:, : close.shape[0]]
    there = np.isfinite(own)
    count, total = ((close @ part.T).T[:, columns.series] for part in (there * 1.0, np.where(there, own, 0.0)))
    difference = total / np.maximum(count, 1.0) - value
    return np.where((count > 0) & np.isfinite(difference), difference, 0.0)


def estimate(
    value: Floats, field: Floats, join: Join, shift: Floats, water: Floats, *, limits: PropertyPolicy
) -> Floats:
    """Join value and field (h,C); `shift` (h,C) is what siblings and the same spot add to the value [unit], `water`
    (h,C) the share of the reading that may be water: so much less the sensor counts.

    Without a field the value stands alone, and without a value the field with the station's level.
    """
    bound = BOUND * join.scale * _growth(field, join.median, limits)
    apart = np.clip(value - field - join.level, -bound, bound)
    known = np.where(np.isfinite(join.level), join.level, 0.0)
    joined = field + known + np.where(np.isfinite(apart), (1.0 - water) * (join.share * apart + shift), 0.0)
    return np.maximum(np.where(np.isfinite(joined), joined, value + shift), 0.0)


def sensor_share(
    apart: Floats, together: Floats, columns: Columns, references: References, limits: PropertyPolicy, policy: Policy
) -> Floats:
    """How far the sensor moves the estimate, per column (C,), from value - field - level (H,C) and `together` (C,).

    The variance of value - field is the field's error plus the sensor's. The field's is known from leaving references
    out: the sensor earns its share of the whole, `sensor_share` at most, so one without skill leaves the field alone.
    Air 60 km away does not rise and fall hour by hour with the air here (measured: changes correlate 0.1 at 94 km,
    0.45 at 6 km, 0.6 at 1.6 km). Where they do, the reference stands nearer than its position says, and knows better.
    """
    share = np.full(apart.shape[1], policy.sensor_share)
    if references.usable.sum() > 1:
        clip = RESIDUAL_CLIP * limits.unit_scale  # the same for both, so that the ratio is of like with like
        whole = _mean(np.clip(apart, -clip, clip) ** 2)
        of_field = np.median(references.variance[references.usable]) + limits.unit_scale**2
        share = np.fmin(share, of_field / np.maximum(whole, 1e-9))
    misplaced = (columns.nearest_km > policy.far_km) & (together > policy.shared_air)
    return np.where(misplaced, np.minimum(share, policy.sensor_share_shared_air), share)


def _together(field: Floats, value: Floats) -> Floats:
    """Correlation (C,) of the hourly changes of field and value (H,C), from their signs alone: spikes do not count."""
    product = np.sign(np.diff(field, axis=0)) * np.sign(np.diff(value, axis=0))
    return np.nan_to_num(np.sin(np.pi / 2 * _mean(product)))


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
