"""What a fit learns from: the window, the field over it, the screened readings, and how much each hour counts."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.columns import Columns, between_references, make_columns
from validation.field import References, clean_references, learn_references
from validation.history import HOUR, Network
from validation.look import Look, centres, filled, look
from validation.policy import Policy, PropertyPolicy
from validation.screening import Expectation, learn_expectation
from validation.surroundings import Surroundings, find_surroundings
from validation.target import field_at, with_covariance
from validation.watch import not_learnt_from

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Training:
    """H hours of C columns: features x (C,H,p), target (C,H), weight (C,H) with 0 for hours that are not learnt from;
    centre (S,p) of the features, weather_used (C,), and what they were made from."""

    past: Network
    references: References
    columns: Columns
    surroundings: Surroundings
    seen: Look
    expected: Expectation
    centre: Floats
    weather_used: Bools
    x: Floats
    target: Floats
    weight: Floats


def prepare(network: Network, at: np.datetime64, limits: PropertyPolicy, policy: Policy) -> Training:
    """Take the hours before `at`, learn the references, screen the readings, make the features."""
    past = _window(network, at, policy)
    official = clean_references(past.reference, limits)
    references = with_covariance(learn_references(official, limits, policy), official, between_references(past))
    columns = make_columns(past, references, limits, policy, pseudo=True)
    surroundings = find_surroundings(past, policy)
    seen, expected = _first_look(past, official, references, columns, surroundings, limits, policy)
    centre = centres(seen.features)
    used = weather_used(columns, limits)
    x = filled(seen.features, centre, columns, weather_used=used, lags=limits.lags)
    weight = _hour_weights(seen, columns, limits) * np.isfinite(x).all(-1)
    series = len(past.sensor_model)
    left_out = not_learnt_from(seen.good, seen.field.value[:, :series], past, expected, surroundings, limits=limits)
    weight *= ~left_out.T[columns.series]
    target = np.where(weight > 0, seen.field.value.T, 0.0)
    return Training(
        past, references, columns, surroundings, seen, expected, centre, used, np.nan_to_num(x), target, weight
    )


def _window(network: Network, at: np.datetime64, policy: Policy) -> Network:
    """Cut out the last `fit_window` hours with a reference and a reading, over `fit_history` at most: a silent
    reference does not empty the window, the calibration is held.
    """
    past = network.between(at - policy.fit_history * HOUR, at)
    both = np.atleast_1d(np.isfinite(past.reference).any(1) & np.isfinite(past.raw).any(1))
    return past.between(past.hours[tail(both, policy.fit_window)], at) if both.any() else past


def tail(usable: Bools, count: int) -> int:
    """The row with which the last `count` usable rows begin; 0, the first of all, where there are no more than that."""
    rows = np.flatnonzero(usable)
    return int(rows[-count]) if len(rows) > count else 0


def _first_look(
    past: Network,
    reference: Floats,
    references: References,
    columns: Columns,
    surroundings: Surroundings,
    limits: PropertyPolicy,
    policy: Policy,
) -> tuple[Look, Expectation]:
    """Learn what each series usually shows over the field of the cleaned references (H,R), then screen with it."""
    series = len(past.sensor_model)
    field = field_at(reference, references, columns).value[:, :series]
    lately = slice(tail(np.atleast_1d(np.isfinite(field).any(axis=1)), policy.level_window), None)
    expected = learn_expectation(past.raw[lately], field[lately], limits)
    return look(past, reference, references, columns, surroundings, expected, limits=limits), expected


def weather_used(columns: Columns, limits: PropertyPolicy) -> Bools:
    """Temperature explains a particle sensor only beside a reference: elsewhere it explains the place [M]; cells need
    it.
    """
    return (columns.near >= 0) | limits.signed


def _hour_weights(seen: Look, columns: Columns, limits: PropertyPolicy) -> Floats:
    """Weight of each hour (C,H): less where the references disagree; beside a reference only where it measured. Mean
    1.
    """
    agreement = 1.0 / (1.0 + seen.field.spread / limits.unit_scale) ** 2
    weight = np.broadcast_to(agreement[:, None], seen.field.value.shape).copy()
    beside = columns.near >= 0
    weight[:, beside] = 1.0 * np.isfinite(seen.reference[:, columns.near[beside]])
    weight *= np.isfinite(seen.field.value) & np.isfinite(seen.good[:, columns.series])
    count = np.maximum((weight > 0).sum(0), 1)
    normalised: Floats = (weight / np.maximum(weight.sum(0) / count, 1e-12)).T
    return normalised
