"""How much more, or less, than the field there is at a place: read from siblings, because one station cannot tell.

A station that reads 30 % above the field has a sensor that reads high, or stands at a road. Sensors of one model differ
by a known spread, and places too; what the siblings read over their own fields divides the difference between the two.
Several sensors at one spot agree about the place, and their own gains average out.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components

from validation.columns import Columns
from validation.history import Network
from validation.median import TO_SIGMA
from validation.policy import Policy
from validation.surroundings import Surroundings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_BELIEVED = 2.0  # standard deviations: more is a broken sensor, or one indoors, rather than a place


def place_factors(
    raw: Floats, target: Floats, hours: Ints, columns: Columns, network: Network, surroundings: Surroundings,
    offset: Floats, policy: Policy,
) -> Floats:  # fmt: skip
    """Factor (C,) by which the air at each column's place exceeds its field; 1 beside a reference, or without siblings.

    raw, target (C,): means over the `hours` (C,) of the fit. offset (R,): how the references differ; they
    show how far places do. A pseudo-station does not see the reference it is without.
    """
    known = (hours >= policy.least_hours_with_siblings) & (raw > 0) & (target > 0)
    response = np.log(np.where(known, raw, np.nan) / np.where(known, target, np.nan))
    series = len(network.sensor_model)
    model = np.unique(np.array(network.sensor_model, dtype=np.str_), return_inverse=True)[1]
    group = np.unique(np.stack([model, spots(surroundings)]), axis=1, return_inverse=True)[1].reshape(-1)
    factor = np.zeros(len(response))
    for without in np.unique(columns.without):
        away = columns.between_km[without] < policy.collocated_km if without >= 0 else np.zeros(len(offset), bool)
        seen, beside = _view(response, columns, series, away)
        place = _place_variance(offset[~away], target[known & ~columns.pseudo], policy)
        excess = _excess(seen, beside, model, group, place, policy)
        mine = (columns.without == without) & (columns.near < 0) & np.isfinite(response)
        factor[mine] = excess[columns.series[mine]]
    return np.exp(factor)


def spots_apart(
    raw: Floats, target: Floats, hours: Ints, columns: Columns, network: Network, surroundings: Surroundings,
    policy: Policy,
) -> tuple[int, float]:  # fmt: skip
    """How many spots away from references say how far places differ, and the variance of the logarithm they show.

    The variance of the response among siblings has their own gains in it too: places differ by less. A model's first
    spot says nothing.
    """
    series = len(network.sensor_model)
    known = (hours >= policy.least_hours_with_siblings) & (raw > 0) & (target > 0)
    known = known[:series] & (columns.near[:series] < 0)
    response = np.log(raw[:series][known] / target[:series][known])
    model = np.unique(np.array(network.sensor_model, dtype=np.str_)[known], return_inverse=True)[1]
    pairs, group = np.unique(np.stack([model, spots(surroundings)[known]]), axis=1, return_inverse=True)
    mean = np.bincount(group.ravel(), response) / np.maximum(np.bincount(group.ravel()), 1)
    models = np.unique(pairs[0])
    apart = np.concatenate([mean[pairs[0] == m] - np.median(mean[pairs[0] == m]) for m in models] or [mean])
    free = len(mean) - len(models)
    return free, float((TO_SIGMA * np.median(np.abs(apart))) ** 2) if free else 0.0


def spots(surroundings: Surroundings) -> Ints:
    """Number the spots (S,): series closer than `same_spot_km`, directly or through others, share one."""
    return np.asarray(connected_components(surroundings.close, directed=False)[1], np.int64)


def _view(response: Floats, columns: Columns, series: int, away: Bools) -> tuple[Floats, Bools]:
    """The response (S,) of each series without the references `away` (R,), and who then stands beside one."""
    seen, near = response[:series].copy(), columns.near[:series]
    gone = (near >= 0) & away[np.maximum(near, 0)] if len(away) else np.zeros(series, bool)
    alone = columns.pseudo & gone[columns.series]
    seen[gone] = np.nan
    seen[columns.series[alone]] = response[alone]
    return seen, (near >= 0) & ~gone


def _place_variance(offset: Floats, level: Floats, policy: Policy) -> float:
    """How far places differ [variance of the logarithm]: as references (R,) do, blended with the prior."""
    known = offset[np.isfinite(offset)]
    prior, weight = policy.place_spread**2, policy.prior_places
    if len(known) < 2 or not len(level):
        return prior
    apart = np.log1p(np.clip((known - known.mean()) / np.median(level), -0.8, 4.0))
    return float((weight * prior + (apart**2).sum()) / (weight + len(known) - 1))


def _gain_variance(seen: Floats, beside: Bools, own: Floats, model: Ints, group: Ints, policy: Policy) -> Floats:
    """How far the sensors of each model differ (M,) [variance of the logarithm], blended with the prior: from those
    beside references, and from those that share a spot."""
    models = int(model.max(initial=-1)) + 1
    calibrated = beside & np.isfinite(seen)
    number = np.bincount(model, calibrated, models)
    centre = np.bincount(model, np.where(calibrated, seen, 0.0), models) / np.maximum(number, 1)
    shared = np.isfinite(seen) & ~beside
    apart = np.where(calibrated, seen - centre[model], np.where(shared, seen - own[group], 0.0))
    freedom = np.maximum(number - 1, 0) + np.bincount(model, shared, models)
    spots_used = np.unique(np.stack([model[shared], group[shared]]), axis=1)[0]
    freedom -= np.bincount(spots_used, minlength=models)
    found: Floats = (policy.prior_gains * policy.gain_spread**2 + np.bincount(model, apart**2, models)) / (
        policy.prior_gains + freedom
    )
    return found


def _excess(seen: Floats, beside: Bools, model: Ints, group: Ints, place: float, policy: Policy) -> Floats:
    """Logarithm (S,) of each place's factor: the best linear prediction from the responses (S,).

    Beside a reference the response is the sensor's gain alone; elsewhere a group (one model at one spot) shares one
    place. Each group is compared with the other groups of its model, never with itself.
    """
    there = np.isfinite(seen)
    groups, models = int(group.max(initial=-1)) + 1, int(model.max(initial=-1)) + 1
    count = np.bincount(group, there, groups)
    own = np.bincount(group, np.where(there, seen, 0.0), groups) / np.maximum(count, 1)
    belongs = np.zeros(groups, np.int64)
    belongs[group] = model
    gain = _gain_variance(seen, beside, own, model, group, policy)[belongs]
    calibrated = np.bincount(group, beside, groups) > 0
    variance = np.where(calibrated, 0.0, place) + gain / np.maximum(count, 1)
    precision = np.where(count > 0, 1.0 / variance, 0.0)
    total, moment = np.bincount(belongs, precision, models), np.bincount(belongs, precision * own, models)
    rest = total[belongs] - precision
    usual = (moment[belongs] - precision * own) / np.maximum(rest, 1e-9)
    spread = variance + 1.0 / np.maximum(rest, 1e-9)
    limit = _BELIEVED * np.sqrt(spread)
    shift = np.where((rest > 1e-6) & (count > 0), place / spread * np.clip(own - usual, -limit, limit), 0.0)
    found: Floats = shift[group]
    return found
