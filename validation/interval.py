"""The 95 % interval: how wrong values were at pseudo-stations, blended with a prior while there are few of them.

Two parts. The increment: a place may lie persistently above (a road, a stove) or below everything the references can
see; no data of one station can find that, so it stays in the interval, mostly upwards. The noise: the error of an
hour.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from validation.calibrations import Interval
from validation.columns import Columns
from validation.history import HOUR
from validation.policy import Policy, PropertyPolicy

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Hours = npt.NDArray[np.datetime64]

_LEAST_HOURS = 72
_NEAR_MARGIN = 1.1  # the residual of the fit is a little smaller than the error of what it predicts
_NEARLY_INSIDE = 0.25
_ESTIMATE_PRIOR = 0.9  # an estimate is rarely wrong by as much as a value


def learn_interval(
    value: Floats, guess: Floats, reference: Floats, columns: Columns, left_out: Floats,
    *, limits: PropertyPolicy, policy: Policy, places: tuple[int, float] = (0, 0.0),
) -> Interval:  # fmt: skip
    """Learn the parts for the S series from value and estimate (H,C), against the references (H,R) left out of the
    pseudo-columns; left_out (H,S) is target minus value, each hour with its block left out of the fit; `places` says
    how many spots tell how far places differ, and the variance of the logarithm among them."""
    series = left_out.shape[1]
    median = _column_median(value[:, :series], limits)
    noise = np.array([_spread(left_out[:, i], value[:, i], median[i], limits) for i in range(series)])
    own = _pooled(value, reference, columns, median, noise, 1.0, limits, policy, places)
    joint = _pooled(guess, reference, columns, median, noise, _ESTIMATE_PRIOR, limits, policy, places)
    beside = columns.near[:series] >= 0
    hours = np.maximum(np.isfinite(left_out).sum(0), 1)
    unseen = np.sqrt(1.0 + policy.full_hours / hours) if limits.signed else 1.0  # cells drift: a fortnight shows half
    noise = np.where(beside & np.isfinite(noise), _NEAR_MARGIN * noise * unseen, own[2])
    zero = np.zeros(series)
    return Interval(
        median,
        np.where(beside, zero, own[0]), np.where(beside, zero, own[1]), np.where(beside, noise, own[2]),
        np.where(beside, zero, joint[0]), np.where(beside, zero, joint[1]), np.where(beside, noise, joint[2]),
    )  # fmt: skip


def bounds(
    centre: Floats, median: Floats, up: Floats, down: Floats, noise: Floats, water: Floats,
    *, limits: PropertyPolicy, policy: Policy,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Lower and upper end (h,S) around `centre`; the parts (S,) or (h,S) grow with the level, and downwards by the
    share (h,S) of it that may be water. Never below zero."""
    growth = (limits.base + np.maximum(centre, 0.0)) / (limits.base + np.maximum(median, 0.0))
    wet = policy.water_spread * water * np.maximum(centre, 0.0)
    lower = centre - policy.coverage_factor * np.hypot(growth * np.hypot(down, noise), wet)
    upper = centre + policy.coverage_factor * growth * np.hypot(up, noise)
    return np.maximum(lower, 0.0), upper


def held_over(time: Hours, window_end: Hours, policy: Policy) -> tuple[Bools, Floats]:
    """Whether a calibration whose window ended some days before a time, one for each or broadcast, is held over then,
    and by what factor its interval has grown."""
    age = np.maximum((time - window_end) / HOUR, 0.0)
    held = age > policy.hold_after
    return held, 1.0 + np.where(held, policy.held_growth_per_week * age / 168.0, 0.0)


def beyond_window(raw: Floats, scores: Mapping[str, Floats]) -> Floats:
    """How far raw (...,S) lies outside what the fit has seen, in widths of it; 0 inside and up to a quarter out.

    The interval's noise grows by this share: a line fitted in summer says little of a winter smog.
    """
    unknown = np.full(raw.shape[-1:], np.nan)  # a calibration kept from before these scores has no bounds
    lowest, highest = scores.get("lowest_raw", unknown), scores.get("highest_raw", unknown)
    outside = np.fmax(raw - highest, lowest - raw) / np.maximum(highest - lowest, 1e-9)
    return np.where(outside > _NEARLY_INSIDE, outside, 0.0)


def _pooled(
    predicted: Floats, reference: Floats, columns: Columns, median: Floats, from_field: Floats, prior: float,
    limits: PropertyPolicy, policy: Policy, places: tuple[int, float],
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """Increment up, down and noise (S,): the prior as `prior_stations` stations, each reference as one, and upwards
    each spot of siblings as one that differs by no more than they do.

    The noise of the prior is never more than how far value and field are apart, `from_field` (S,): that has the errors
    of both in it.
    """
    increment, noise = _by_reference(predicted, reference, columns, median, limits)
    level = prior * np.maximum(median, limits.unit_scale)
    weight, count = policy.prior_stations, len(increment)
    known, apart = places[0], min(places[1], policy.increment_up**2)
    shown = 2 * (np.maximum(increment, 0) ** 2).sum() + known * apart * level**2
    up = np.sqrt((weight * (policy.increment_up * level) ** 2 + shown) / (weight + count + known))
    down = np.sqrt(
        (weight * (policy.increment_down * level) ** 2 + 2 * (np.minimum(increment, 0) ** 2).sum()) / (weight + count)
    )
    usual = np.fmin(policy.noise * level, prior * from_field)
    sigma = np.sqrt((weight * usual**2 + (noise**2).sum()) / (weight + count))
    return up, down, np.maximum(sigma, 0.5 * limits.unit_scale)


def _by_reference(
    predicted: Floats, reference: Floats, columns: Columns, median: Floats, limits: PropertyPolicy
) -> tuple[Floats, Floats]:
    """Mean error and noise of each left-out reference, averaged over the sensors beside it."""
    increments: dict[int, list[float]] = {}
    noises: dict[int, list[float]] = {}
    for c in np.flatnonzero(columns.pseudo):
        r = int(columns.without[c])
        error = reference[:, r] - predicted[:, c]
        if np.isfinite(error).sum() < _LEAST_HOURS:
            continue
        mean = float(np.nanmean(error))
        increments.setdefault(r, []).append(mean)
        noises.setdefault(r, []).append(_spread(error - mean, predicted[:, c], median[columns.series[c]], limits))
    return np.array([np.mean(v) for v in increments.values()]), np.array([np.mean(v) for v in noises.values()])


def _spread(error: Floats, level: Floats, median: float, limits: PropertyPolicy) -> float:
    """The 95 % quantile of |error| at the median level, as one standard deviation of a normal error."""
    growth = (limits.base + np.maximum(level, 0.0)) / (limits.base + max(median, 0.0))
    size = (np.abs(error) / growth)[np.isfinite(error) & np.isfinite(level)]
    return float(np.quantile(size, 0.95) / 1.96) if len(size) >= _LEAST_HOURS else float("nan")


def _column_median(values: Floats, limits: PropertyPolicy) -> Floats:
    known = np.isfinite(values)
    return np.array(
        [np.median(values[known[:, i], i]) if known[:, i].any() else limits.base for i in range(values.shape[1])]
    )
