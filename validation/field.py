"""The reference field: what the official stations say of the air at a place, without the sensor that stands there.

References differ by constant offsets (a road, another instrument). The offsets are learnt and taken out before the
weighted mean, so that a reference that fails for a night does not shift the level of the field (measured:
docs/calibration.md).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.history import distance_km
from validation.kriging import Covariance
from validation.median import median
from validation.policy import Policy, PropertyPolicy
from validation.runs import run_length

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_ROUNDS = 4  # of the two-way fit; the offsets move less than 0.01 after three
_LEAST_HOURS = 48  # of a reference, and of it and the others together
_OFFSET_CLIP = 15.0  # residuals beyond this say nothing of an offset [unit scales]
RESIDUAL_CLIP = 10.0  # nor of the noise of an hour [unit scales]
_STUCK_HOURS = 24  # an analyser that repeats itself this long is dead, whatever it reports
_LOCAL_WEIGHT = 1e4  # a reference beside the station decides, the others step in when it is missing


@dataclass(frozen=True, slots=True)
class References:
    """What was learnt of R references: offset (R,) [unit], variance (R,) of the hourly residual, usable (R,);
    how they covary with their distance, None where too few of them tell."""

    offset: Floats
    variance: Floats
    usable: npt.NDArray[np.bool_]
    covariance: Covariance | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """The field at S places: value (h,S), spread (h,) [unit]: how far the references are apart, count (h,) of
    references.
    """

    value: Floats
    spread: Floats
    count: npt.NDArray[np.int64]


def clean_references(reference: Floats, limits: PropertyPolicy) -> Floats:
    """Blank what no analyser can have measured: out of range, and the hours after 24 equal ones; (H,R) in and out."""
    wrong = (reference < limits.low) | (reference > limits.high) | (run_length(reference) > _STUCK_HOURS)
    return np.where(wrong, np.nan, reference)


def learn_references(reference: Floats, limits: PropertyPolicy, policy: Policy) -> References:
    """Fit reference = level of the hour + offset of the reference on (H,R); any number of references, none included.

    A reference that disagrees with the others `wrong_reference_factor` times as much as they do is not usable; of one
    or two nobody can say which is wrong, so both are used, as is one that measured while no other did.
    """
    count = reference.shape[1]
    offset = np.zeros(count)
    hours = np.isfinite(reference).sum(0)
    level = median(reference)
    for _ in range(_ROUNDS if count > 1 else 0):
        residual = _clip(reference - level[:, None] - offset, _OFFSET_CLIP * limits.unit_scale)
        offset = offset + _column_mean(residual)
        level = median(reference - offset)
    least = min(_LEAST_HOURS, max(len(reference) // 4, 1))
    usable = hours >= least
    usable &= ~_wrong(reference - offset, usable, least, limits, policy)
    residual = _clip(_leave_one_out(np.where(usable, reference - offset, np.nan)), RESIDUAL_CLIP * limits.unit_scale)
    variance = np.maximum(_column_mean(residual**2) - _column_mean(residual) ** 2, 0.0)
    return References(offset, variance, usable)


def _wrong(aligned: Floats, usable: Bools, least: int, limits: PropertyPolicy, policy: Policy) -> Bools:
    """Mark the references that go their own way: their median distance from the median of the others is far above the
    others' own. One with fewer than `least` hours in common with them is not judged, nor is any of fewer than three.
    """
    count = aligned.shape[1]
    apart = np.full(count, np.nan)
    for r in np.flatnonzero(usable):
        distance = np.abs(aligned[:, r] - median(aligned[:, usable & (np.arange(count) != r)]))
        if np.isfinite(distance).sum() >= least:
            apart[r] = np.nanmedian(distance)
    judged = np.flatnonzero(np.isfinite(apart))
    if len(judged) < 3:
        return np.zeros(count, bool)
    typical = np.array([np.nanmedian(np.delete(apart, r)) for r in range(count)])
    if len(judged) == 3:  # the median of two has the wrong one in it: how far the others are from each other says more
        for r in judged:
            typical[r] = median(np.abs(np.diff(aligned[:, judged[judged != r]], axis=1)[:, 0]))
    wrong: Bools = apart > policy.wrong_reference_factor * (typical + limits.unit_scale)
    return wrong


def reference_weights(
    references: References, distance: Floats, near: npt.NDArray[np.int64], limits: PropertyPolicy, policy: Policy
) -> Floats:
    """Weights (S,R) of each reference at each place, from its distance (S,R) [km] and its noise; `near` (S,) is -1 or
    the reference that stands beside the station and decides alone while it measures."""
    noise = references.variance + limits.unit_scale**2
    weight = references.usable / (np.maximum(distance, policy.near_km) * noise)
    beside = near >= 0
    weight[beside, near[beside]] *= _LOCAL_WEIGHT
    return weight


def interpolate(reference: Floats, references: References, weight: Floats, near: npt.NDArray[np.int64]) -> Field:
    """Interpolate references (h,R) to places with `weight` (S,R); NaN in hours when no reference measured."""
    aligned = reference - references.offset
    there = np.isfinite(aligned)
    shares = there.astype(np.float64) @ weight.T
    total = np.where(there, aligned, 0.0) @ weight.T
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(shares > 0, total / shares, np.nan)
    usable = there & references.usable
    return Field(value + base_level(references, near, weight), _row_sd(aligned, usable), usable.sum(1))


def base_level(references: References, near: npt.NDArray[np.int64], weight: Floats) -> Floats:
    """The offset (S,) that the field is given back: the median over its references, or that of the one beside it."""
    shared = np.nan_to_num(median(np.where(weight > 0, references.offset, np.nan)))
    if not len(references.offset):
        return shared
    return np.where(near >= 0, references.offset[np.maximum(near, 0)], shared)


def nearest_within(distance: Floats, limit_km: float) -> npt.NDArray[np.int64]:
    """Index (S,) of the nearest reference closer than `limit_km`, -1 where there is none."""
    if not distance.shape[1]:
        return np.full(len(distance), -1)
    nearest = distance.argmin(1)
    return np.where(distance[np.arange(len(distance)), nearest] < limit_km, nearest, -1)


def reference_distance(
    latitude: Floats, longitude: Floats, reference_latitude: Floats, reference_longitude: Floats
) -> Floats:
    """Distances (S,R) [km]; an unknown position (NaN) counts as far away."""
    return np.nan_to_num(distance_km(latitude, longitude, reference_latitude, reference_longitude), nan=1e3)


def _leave_one_out(aligned: Floats) -> Floats:
    """Each reference minus the mean of the others in the same hour; NaN where it was alone."""
    there = np.isfinite(aligned)
    filled = np.where(there, aligned, 0.0)
    others = there.sum(1, keepdims=True) - 1
    mean = (filled.sum(1, keepdims=True) - filled) / np.maximum(others, 1)
    return np.where(there & (others > 0), aligned - mean, np.nan)


def _row_sd(values: Floats, there: npt.NDArray[np.bool_]) -> Floats:
    """Standard deviation of each row over the marked values; 0 for fewer than two."""
    count = np.maximum(there.sum(1), 1)
    filled = np.where(there, values, 0.0)
    mean = filled.sum(1) / count
    spread: Floats = np.sqrt((np.where(there, values - mean[:, None], 0.0) ** 2).sum(1) / count)
    return spread


def _column_mean(values: Floats) -> Floats:
    there = np.isfinite(values)
    mean: Floats = np.where(there, values, 0.0).sum(0) / np.maximum(there.sum(0), 1)
    return mean


def _clip(values: Floats, limit: float) -> Floats:
    clipped: Floats = np.clip(values, -limit, limit)
    return clipped
