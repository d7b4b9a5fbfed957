"""The regression behind a calibration: field ~ raw, its last hours, humidity, temperature; robust, batched, shrunk to
siblings.

Reverse direction (the field is explained, the sensor explains): on real networks it predicts better than a forward
fit inverted, though it shrinks peaks; the comparison stands in docs/calibration.md.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.features import BASE, TEMPERATURE, WEATHER
from validation.policy import Policy
from validation.robust import Floats, RobustFit, mm_regression, normal_equations
from validation.starts import solve

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_LEAST_GROUP, _PILOTS = 96, 16  # [C] fewer are fitted from many starts each: it costs little
_STARTS_BESIDE, _ROWS_BESIDE = 3, 128  # beside the common one, on so many rows: a sensor may be unlike its siblings
_BLOCKS = 4  # of the cross validation: contiguous, because neighbouring hours know each other


@dataclass(frozen=True, slots=True)
class Regression:
    """Fits of C columns: coefficients (C,p), covariance (C,p,p), row weights used (C,N), residual when the row's block
    was left out (C,N, NaN where not used), the same for weather alone."""

    coefficients: Floats
    covariance: Floats
    weight: Floats
    left_out: Floats
    left_out_weather: Floats


def regress(
    x: Floats, target: Floats, weight: Floats, *, policy: Policy, seed: tuple[int, ...], group: Ints | None = None
) -> Regression:
    """Fit target (C,N) on features x (C,N,p) where weight (C,N) > 0, robustly, each column for itself; `group` as in
    :func:`robust_fit`."""
    fitted = robust_fit(x, target, weight, policy=policy, seed=seed, group=group)
    used = weight * fitted.weights
    weather = np.zeros(x.shape[-1], bool)
    weather[[0, *range(len(BASE), len(BASE) + len(WEATHER))]] = True
    return Regression(
        coefficients=fitted.coefficients,
        covariance=fitted.covariance,
        weight=used,
        left_out=_left_out(x, target, used),
        left_out_weather=_left_out(np.where(weather, x, 0.0), target, used),
    )


def robust_fit(
    x: Floats, target: Floats, weight: Floats, *, policy: Policy, seed: tuple[int, ...], group: Ints | None = None
) -> RobustFit:
    """Fit as above, without the cross validation.

    Of a large `group` (C,) of columns with much in common, a few are fitted from many starts and the others from the
    middle of what those show, beside a few starts of their own: the group decides where a fit begins, and not where it
    ends. -1 for a column that has no group.
    """
    rng = np.random.default_rng(seed)
    slopes = _begun(x, target, weight, group, policy, rng)
    beside = np.isfinite(slopes[:, 0])
    if not beside.any():
        return _mm(x, target, weight, policy, rng)
    if beside.all():
        return _mm(x, target, weight, policy, rng, slopes)
    few, many = (
        _mm(x[part], target[part], weight[part], policy, rng, begun)
        for part, begun in ((beside, slopes[beside]), (~beside, None))
    )
    order = np.argsort(np.argsort(~beside, kind="stable"), kind="stable")
    parts = [(getattr(few, name), getattr(many, name)) for name in ("coefficients", "scale", "weights", "covariance")]
    return RobustFit(*(np.concatenate(pair)[order] for pair in parts))


def _mm(
    x: Floats, target: Floats, weight: Floats, policy: Policy, rng: np.random.Generator, slopes: Floats | None = None
) -> RobustFit:
    """Fit with many starts, or with few beside `slopes`."""
    return mm_regression(
        x, target, weight, rng=rng, tuning=policy.tuning, cluster=policy.error_memory, slopes=slopes,
        starts=policy.starts if slopes is None else _STARTS_BESIDE,
        start_rows=policy.start_hours if slopes is None else _ROWS_BESIDE,
    )  # fmt: skip


def _begun(
    x: Floats, target: Floats, weight: Floats, group: Ints | None, policy: Policy, rng: np.random.Generator
) -> Floats:
    """Coefficients (C,p) to begin at: the median over a few columns of the group, NaN where it has too few."""
    slopes = np.full((len(x), x.shape[-1]), np.nan)
    for g in np.unique(group) if group is not None else ():
        members = np.flatnonzero((group == g) & (g >= 0) & ((weight > 0).sum(1) > policy.least_hours))
        if len(members) < _LEAST_GROUP:
            continue
        some = members[np.linspace(0, len(members) - 1, _PILOTS).astype(int)]
        slopes[members] = np.median(_mm(x[some], target[some], weight[some], policy, rng).coefficients, axis=0)
    return slopes


def shrink(
    regression: Regression, x: Floats, target: Floats, group: Ints, members: Bools, weather_used: Bools, *, hours: float
) -> tuple[Floats, Floats, Floats]:
    """Draw the slopes of each column towards the common slopes of its group, worth `hours` hours of data.

    group (C,) is the sensor model; members (C,) make the common slopes; weather_used (C,) as in the features. Returns
    the coefficients (C,p), the common ones (C,p) with the group's mean intercept, and how many members (C,) the group
    has.
    """
    total = np.maximum(regression.weight.sum(-1), 1e-9)
    used = regression.weight > 0
    mean_x = (x * regression.weight[..., None]).sum(1) / total[:, None]
    mean_y = (np.where(used, target, 0.0) * regression.weight).sum(1) / total
    centred = (x - mean_x[:, None]) * used[..., None]
    gram, moment = normal_equations(centred, np.where(used, target - mean_y[:, None], 0.0), regression.weight)
    own, common = regression.coefficients.copy(), np.zeros_like(regression.coefficients)
    count = np.bincount(group, members)[group].astype(np.float64)
    for g, with_weather in itertools.product(np.unique(group), (False, True)):
        pool, inside = members & (group == g), (group == g) & (weather_used == with_weather)
        if not pool.any() or not inside.any():
            continue
        kept = np.ones(x.shape[-1]) if with_weather else 1.0 * (np.arange(x.shape[-1]) != TEMPERATURE)
        pooled = gram[pool].sum(0) * np.outer(kept, kept) / total[pool].sum()
        slopes = solve(gram[pool].sum(0) * np.outer(kept, kept), moment[pool].sum(0) * kept)
        weight = hours if pool.sum() > 1 else 0.0
        own[inside] = solve(gram[inside] + weight * pooled, moment[inside] + weight * (pooled @ slopes))
        common[inside] = slopes
        common[inside, 0] = (mean_y[pool] - mean_x[pool][:, 1:] @ slopes[1:]).mean()
    own[:, 0] = mean_y - (mean_x[:, 1:] * own[:, 1:]).sum(1)
    return own, common, count


def predict(x: Floats, coefficients: Floats) -> Floats:
    """Apply coefficients (C,p) to features (C,N,p) or (C,p); NaN features give NaN."""
    if x.ndim == coefficients.ndim:
        row: Floats = (x * coefficients).sum(-1)
        return row
    series: Floats = (x @ coefficients[..., None])[..., 0]
    return series


def apply(x: Floats, coefficients: Floats, highest: Floats) -> Floats:
    """Turn features (C,N,p) or (C,p) into values, never below zero; `highest` (C,) is the highest raw that was learnt
    from, NaN where unknown.

    A reading above all of it moves the value by one unit a unit at most: a slope learnt in clean air is too steep for
    dirty air (a cell whose slope was 1.6 in summer had 1.2 in winter), and an error must not be multiplied.
    """
    above = np.fmax(x[..., 1] - np.where(np.isfinite(highest), highest, np.inf).reshape(-1, *(1,) * (x.ndim - 2)), 0.0)
    steep = np.maximum(coefficients[:, 1] - 1.0, 0.0).reshape(-1, *(1,) * (x.ndim - 2))
    value: Floats = np.maximum(predict(x, coefficients) - steep * above, 0.0)
    return value


def highest_raw(scores: Mapping[str, Floats]) -> Floats:
    """The highest raw reading that each fit has learnt from, NaN in calibrations kept from before it was noted."""
    return scores["highest_raw"] if "highest_raw" in scores else np.full(len(scores["skill"]), np.nan)


def _left_out(x: Floats, target: Floats, weight: Floats) -> Floats:
    """Residuals (C,N) of weighted least squares with the row's own block of time left out."""
    columns, n, _ = x.shape
    ordinal = np.cumsum(weight > 0, axis=1)
    block = np.minimum(_BLOCKS * (ordinal - 1) // np.maximum(ordinal[:, -1:], 1), _BLOCKS - 1)
    parts = [normal_equations(x, target, weight * (block == b)) for b in range(_BLOCKS)]
    gram, moment = sum(part[0] for part in parts), sum(part[1] for part in parts)
    residual = np.full((columns, n), np.nan)
    for b, (gram_b, moment_b) in enumerate(parts):
        error = target - predict(x, solve(gram - gram_b, moment - moment_b))
        residual = np.where((block == b) & (weight > 0), error, residual)
    return residual
