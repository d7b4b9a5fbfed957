"""Calibrate a network, and validate its hours: the two calls that the rest of the platform makes.

Time is an argument: `fit` sees the hours before `at`, `validate` gives an hour what it and earlier hours say.
"""

import numpy as np
import numpy.typing as npt

from validation.calibrations import NONE, PRIOR, Calibrations, Interval, Shares
from validation.estimate import estimate, learn_shares, shift
from validation.features import names
from validation.fit import Regression, predict, regress, shrink
from validation.history import HOUR, Network, Validated
from validation.hours import beside_reference, follow, validate
from validation.humidity import water_share
from validation.interval import learn_interval
from validation.look import others_of
from validation.memory import choose_half_life, decayed
from validation.place import place_factors, spots_apart
from validation.policy import DEFAULT, Policy, PropertyPolicy
from validation.skill import decide, information_share, measure
from validation.training import Training, prepare, tail
from validation.watch import learn, steady

__all__ = ["Calibrations", "Network", "Validated", "fit", "follow", "validate"]

Floats = npt.NDArray[np.float64]


def fit(
    network: Network, *, at: np.datetime64, policy: Policy = DEFAULT, previous: Calibrations | None = None
) -> Calibrations:
    """Calibrate every series of `network` from the hours before `at`; any number of references and hours, none
    included.

    Where nothing can be fitted (no reference for over a year), the calibration in `previous` of the same series is
    held.
    """
    limits = policy.of(network.observed_property)
    at = at.astype("datetime64[h]")
    training = prepare(network, at, limits, policy)
    seed = (policy.seed, int(at.astype(np.int64)))  # the same hours give the same calibration, today and next year
    weight, half_life = _remember(training, limits, policy, seed)
    regression = regress(training.x, training.target, weight, policy=policy, seed=seed, group=_alike(training, limits))
    coefficients, scores, status = _judge(training, regression, limits, policy)
    scores["half_life"] = half_life
    parts = _learn_parts(training, regression, coefficients, status, limits, policy)
    scores |= _watched(training, coefficients, limits, policy)
    fitted = _assemble(training, at, regression, coefficients, scores, status, parts, policy)
    return fitted if previous is None else fitted.hold(previous)


def _judge(
    training: Training, regression: Regression, limits: PropertyPolicy, policy: Policy
) -> tuple[Floats, dict[str, Floats], list[str]]:
    """Draw the fits towards their siblings and decide what each column may give: coefficients (C,p), scores, status."""
    columns = training.columns
    hours = (training.weight > 0).sum(axis=1)
    models = _models(training)
    enough = hours >= policy.least_hours_with_siblings
    members = ~columns.pseudo & enough
    own, common, count = shrink(
        regression, training.x, training.target, models, members, training.weather_used, hours=limits.sibling_hours
    )
    siblings = count - members[columns.series]  # a sensor is none of its own
    prior = ~enough & (siblings >= 2) & limits.transfers
    coefficients = np.where(prior[:, None], common, own)
    scores = measure(regression, training.target, coefficients, hours, siblings)
    scores |= _seen_range(training)
    scores["information_share"] = information_share(training.x, coefficients, regression.weight)
    scores["place_factor"] = _places(training, regression, limits, policy)
    coefficients = coefficients * scores["place_factor"][:, None]
    return coefficients, scores, decide(scores, prior, columns, limits, policy)


def _models(training: Training) -> npt.NDArray[np.int64]:
    """The number of each column's sensor model (C,)."""
    model = np.unique(np.array(training.past.sensor_model, dtype=np.str_), return_inverse=True)[1]
    return model[training.columns.series].astype(np.int64)


def _alike(training: Training, limits: PropertyPolicy) -> npt.NDArray[np.int64]:
    """The columns (C,) whose fits may begin alike: one model and the same features; -1 where models share nothing."""
    if not limits.transfers:
        return np.full(len(training.weight), -1)
    return 2 * _models(training) + training.weather_used


def _remember(
    training: Training, limits: PropertyPolicy, policy: Policy, seed: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """Let old hours count less where the series' own past says so: weight (C,H) and half-life (C,) [h]."""
    half_life = choose_half_life(
        training.x, training.target, training.weight, limits.half_lives, tolerance=policy.memory_tolerance,
        starts=policy.starts, start_rows=policy.start_hours, seed=seed,
    )  # fmt: skip
    return decayed(training.weight, half_life), half_life


def _places(training: Training, regression: Regression, limits: PropertyPolicy, policy: Policy) -> Floats:
    """How far each place (C,) exceeds its field, where sensors of one model have a response in common; else 1."""
    if not limits.transfers:
        return np.ones(len(regression.weight))
    offset = np.where(training.references.usable, training.references.offset, np.nan)
    return place_factors(
        *_response(training, regression), training.columns, training.past, training.surroundings, offset, policy
    )


def _response(training: Training, regression: Regression) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Means of raw and target (C,) over the hours of the fit, and how many those are."""
    weight = regression.weight
    total = np.maximum(weight.sum(1), 1e-9)
    raw, target = ((weight * part).sum(1) / total for part in (training.x[..., 1], training.target))
    return raw, target, (weight > 0).sum(1)


def _seen_range(training: Training) -> dict[str, Floats]:
    """The raw readings (C,) between which 99 % of the hours lie; NaN where there are none."""
    used = [raw[weight > 0] for raw, weight in zip(training.x[..., 1], training.weight, strict=True)]
    bounds = np.array([np.quantile(raw, (0.005, 0.995)) if len(raw) else (np.nan, np.nan) for raw in used]).reshape(
        -1, 2
    )
    return {"lowest_raw": bounds[:, 0], "highest_raw": bounds[:, 1]}


def _watched(training: Training, coefficients: Floats, limits: PropertyPolicy, policy: Policy) -> dict[str, Floats]:
    """What quality control learns of the S series, padded to the C columns."""
    series, pseudo = len(training.past.sensor_model), training.columns.pseudo.sum()
    value = steady(training.x[:series], coefficients[:series], training.seen.good)
    learnt = learn(value, training.seen.field.value[:, :series], training.surroundings, limits, policy)
    return {name: np.pad(values, (0, pseudo), constant_values=np.nan) for name, values in learnt.items()}


def _learn_parts(
    training: Training, regression: Regression, coefficients: Floats, status: list[str],
    limits: PropertyPolicy, policy: Policy,
) -> tuple[Interval, Shares]:  # fmt: skip
    """Learn the interval and the estimate's shares from what values and estimates did at the pseudo-stations."""
    columns, seen = training.columns, training.seen
    known = np.isfinite(seen.good[:, columns.series]).T & ~np.isin(np.array(status), (NONE,))[:, None]
    value = np.where(known, np.maximum(predict(training.x, coefficients), 0.0), np.nan).T
    lately = slice(tail(np.atleast_1d(np.isfinite(seen.field.value).any(axis=1)), policy.level_window), None)
    beside = beside_reference(value, seen.reference, columns)
    shares, join = learn_shares(
        value[lately], seen.field.value[lately], beside[lately], columns, training.references,
        limits=limits, policy=policy,
    )  # fmt: skip
    shifted = shift(value, beside, shares, columns, training.past, training.surroundings, policy)
    water = water_share(training.past.relative_humidity, limits)[:, columns.series]
    guess = estimate(value, seen.field.value, join, shifted, water, limits=limits)
    left_out = regression.left_out[: beside.shape[1]].T
    places = (0, 0.0)
    if limits.transfers:
        places = spots_apart(*_response(training, regression), columns, training.past, training.surroundings, policy)
    interval = learn_interval(
        value, guess, seen.reference, columns, left_out, limits=limits, policy=policy, places=places
    )
    return interval, shares


def _covariance(regression: Regression, factor: Floats, status: list[str]) -> Floats:
    """Multiply the covariance (C,p,p) as the place's factor (C,) did the coefficients; not known of borrowed ones."""
    borrowed = np.array(status, dtype=np.str_) == PRIOR
    return regression.covariance * np.where(borrowed, np.nan, factor**2)[:, None, None]


def _assemble(
    training: Training, at: np.datetime64, regression: Regression, coefficients: Floats, scores: dict[str, Floats],
    status: list[str], parts: tuple[Interval, Shares], policy: Policy,
) -> Calibrations:  # fmt: skip
    """Keep what belongs to the S series themselves."""
    series = len(training.past.sensor_model)
    used = np.pad(regression.weight[:series] > 0, ((0, 0), (0, 1)))  # one hour more: there may be none
    known = used.any(1)
    first, last = used.argmax(1), used.shape[1] - used[:, ::-1].argmax(1)
    origin = training.past.hours[0] if len(training.past.hours) else at
    weight = training.columns.weight[:series]
    return Calibrations(
        fitted_at=at,
        status=tuple(status[:series]),
        feature_names=names(others_of(training.past)),
        coefficients=coefficients[:series],
        covariance=_covariance(regression, scores["place_factor"], status)[:series],
        centre=training.centre,
        window_begin=np.where(known, origin + first * HOUR, at),
        window_end=np.where(known, origin + last * HOUR, at),
        reference_id=training.past.reference_id,
        references=training.references,
        reference_weight=weight / np.maximum(weight.sum(1, keepdims=True), 1e-300),
        expectation=training.expected,
        interval=parts[0],
        shares=parts[1],
        scores={name: array[:series] for name, array in scores.items()},
        seed=policy.seed,
    )
