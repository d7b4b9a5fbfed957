"""Calibrate a network, and validate its hours: the two calls that the rest of the platform makes.

Time is an argument: `fit` sees the hours before `at`, `validate` gives an hour what it and earlier hours say.
"""

import numpy as np
import numpy.typing as npt

from validation.calibrations import (
    FULL,
    GIVES_VALUE,
    NO_SKILL,
    NONE,
    PRIOR,
    SHORT,
    Calibrations,
    Interval,
    Shares,
)
from validation.columns import Columns, make_columns
from validation.estimate import Join, estimate, learn_shares, shift
from validation.features import names
from validation.field import References, clean_references, interpolate, learn_references
from validation.fit import Regression, predict, regress, shrink
from validation.flags import Flag
from validation.history import Network, Validated
from validation.interval import bounds, learn_interval
from validation.look import Look, centres, filled, look, others_of
from validation.policy import DEFAULT, Policy, PropertyPolicy
from validation.screening import Expectation, learn_expectation

__all__ = ["Calibrations", "Network", "Validated", "fit", "validate"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_HOUR = np.timedelta64(1, "h")
_FEW_REFERENCES = 2
_FIELD_ALONE = 1.3  # an estimate without the sensor [M]: RMSE of the field against that of the estimate


def fit(
    network: Network, *, at: np.datetime64, policy: Policy = DEFAULT, previous: Calibrations | None = None
) -> Calibrations:
    """Calibrate every series of `network` from the hours before `at`; any number of references and hours, none included.

    Where nothing can be fitted (no reference for over a year), the calibration in `previous` of the same series is held.
    """
    limits = policy.of(network.observed_property)
    at = np.datetime64(at, "h")
    past = _window(network, at, policy)
    references = learn_references(clean_references(past.reference, limits), limits, policy)
    columns = make_columns(past, references, limits, policy, pseudo=True)
    seen, expected = _first_look(past, references, columns, limits, policy)
    centre = centres(seen.features)
    weather_used = _weather_used(columns, limits)
    x = filled(seen.features, centre, columns, weather_used=weather_used)
    weight = _hour_weights(seen, columns, limits) * np.isfinite(x).all(-1)
    target = np.where(weight > 0, seen.field.value.T, 0.0)
    hours = (weight > 0).sum(1)
    seed = (policy.seed, int(at.astype(np.int64)))  # the same hours give the same calibration, today and next year
    regression = regress(np.nan_to_num(x), target, weight, policy=policy, seed=seed)
    models = np.unique(np.array(past.sensor_model, dtype=np.str_), return_inverse=True)[1][columns.series]
    enough = hours >= policy.least_hours_with_siblings
    own, common, siblings = shrink(
        regression, np.nan_to_num(x), target, models, ~columns.pseudo & enough, weather_used, hours=limits.sibling_hours
    )
    prior = ~enough & (siblings >= 2) & (limits.sibling_hours >= 100)
    coefficients = np.where(prior[:, None], common, own)
    value = np.maximum(predict(x, coefficients), 0.0).T
    scores = _scores(regression, target, coefficients, hours, siblings)
    status = _status(scores, prior, columns, limits, policy)
    value = np.where(np.array(status) == NONE, np.nan, value)
    parts = _learn_parts(past, columns, references, seen, value, regression, limits, policy)
    fitted = _assemble(
        past, at, columns, references, seen, expected, centre, regression, coefficients, scores, status, parts, policy
    )
    return fitted if previous is None else fitted.hold(previous)


def validate(
    network: Network, calibrations: Calibrations, *, begin: np.datetime64, end: np.datetime64, policy: Policy = DEFAULT
) -> Validated:
    """Give flags, value, estimate and intervals for the hours of [begin, end); hour h depends on hours up to h only."""
    limits = policy.of(network.observed_property)
    begin, end = np.datetime64(begin, "h"), np.datetime64(end, "h")
    recent = network.between(begin - policy.lookback * _HOUR, end)
    references = _aligned(calibrations, network)
    columns = make_columns(recent, references, limits, policy, pseudo=False)
    seen = look(recent, references, columns, calibrations.expectation, limits=limits, policy=policy)
    x = filled(seen.features, calibrations.centre, columns, weather_used=_weather_used(columns, limits))
    value = np.maximum(predict(x, calibrations.coefficients), 0.0).T
    gives = np.isin(np.array(calibrations.status), GIVES_VALUE)
    value = np.where(gives, value, np.nan)
    shares = calibrations.shares
    join = Join(np.where(gives, shares.level, 0.0), shares.scale, shares.share, calibrations.interval.median)
    shifted = shift(value, _beside(value, seen.reference, columns), shares, columns, recent, policy)
    guess = estimate(value, seen.field.value, join, shifted, limits=limits)
    known = np.isfinite(_near_reference(seen.reference, columns))
    guess = np.where(known, seen.field.value, guess)
    rows = recent.hours >= begin
    return _bounded(recent, seen, value, guess, known, calibrations, rows, limits, policy)


def _window(network: Network, at: np.datetime64, policy: Policy) -> Network:
    """Cut out the last `fit_window` hours with a reference and a reading, over `fit_history` at most: a silent reference
    does not empty the window, the calibration is held."""
    past = network.between(at - policy.fit_history * _HOUR, at)
    both = np.isfinite(past.reference).any(1) & np.isfinite(past.raw).any(1)
    return past.between(past.hours[_tail(both, policy.fit_window)], at) if both.any() else past


def _tail(usable: Bools, count: int) -> int:
    """The row with which the last `count` usable rows begin; 0 where there are fewer."""
    rows = np.flatnonzero(usable)
    return int(rows[-count]) if len(rows) > count else 0


def _first_look(
    past: Network, references: References, columns: Columns, limits: PropertyPolicy, policy: Policy
) -> tuple[Look, Expectation]:
    """Learn what each series usually shows over the field, then screen with it."""
    series = len(past.sensor_model)
    reference = clean_references(past.reference, limits)
    field = interpolate(reference, references, columns.weight[:series], columns.near[:series])
    lately = slice(_tail(np.isfinite(field.value).any(1), policy.level_window), None)
    expected = learn_expectation(past.raw[lately], field.value[lately], limits)
    return look(past, references, columns, expected, limits=limits, policy=policy), expected


def _weather_used(columns: Columns, limits: PropertyPolicy) -> Bools:
    """Temperature explains a particle sensor only beside a reference: elsewhere it explains the place [M]; cells need it."""
    return (columns.near >= 0) | limits.signed


def _hour_weights(seen: Look, columns: Columns, limits: PropertyPolicy) -> Floats:
    """Weight of each hour (C,H): less where the references disagree; beside a reference only where it measured. Mean 1."""
    agreement = 1.0 / (1.0 + seen.field.spread / limits.unit_scale) ** 2
    weight = np.broadcast_to(agreement[:, None], seen.field.value.shape).copy()
    beside = columns.near >= 0
    weight[:, beside] = 1.0 * np.isfinite(seen.reference[:, columns.near[beside]])
    age = np.arange(len(weight), 0.0, -1.0)[:, None]
    weight *= 0.5 ** (age / limits.half_life)
    weight *= np.isfinite(seen.field.value) & np.isfinite(seen.good[:, columns.series])
    count = np.maximum((weight > 0).sum(0), 1)
    normalised: Floats = (weight / np.maximum(weight.sum(0) / count, 1e-12)).T
    return normalised


def _scores(
    regression: Regression, target: Floats, coefficients: Floats, hours: npt.NDArray[np.int64], siblings: Floats
) -> dict[str, Floats]:
    """How good each fit is (C,): mean errors with the hour's block left out, against the mean and against weather alone."""
    used = regression.weight > 0
    count = np.maximum(used.sum(1), 1)
    total = np.where(used, target, 0.0)
    centre = total.sum(1) / count
    around = np.where(used, np.abs(target - centre[:, None]), 0.0).sum(1) / count
    error = np.nan_to_num(np.abs(regression.left_out)).sum(1) / count
    weather = np.nan_to_num(np.abs(regression.left_out_weather)).sum(1) / count
    return {
        "hours": hours.astype(np.float64),
        "share_used": used.sum(1) / np.maximum(hours, 1),
        "mean_error": error,
        "skill": 1.0 - error / np.maximum(around, 1e-9),
        "skill_over_weather": 1.0 - error / np.maximum(weather, 1e-9),
        "slope": coefficients[:, 1],
        "siblings": siblings,
    }


def _status(
    scores: dict[str, Floats], prior: Bools, columns: Columns, limits: PropertyPolicy, policy: Policy
) -> list[str]:
    """Decide what each column (C,) may give; the first rule that holds decides."""
    least_skill = np.where(columns.nearest_km > policy.far_km, policy.least_skill_far, policy.least_skill)
    useless = (scores["skill"] < least_skill) | (scores["skill_over_weather"] < policy.least_skill_over_weather)
    if not limits.signed:
        useless |= scores["slope"] <= 0
    own_least = np.where(scores["siblings"] >= 2, policy.least_hours_with_siblings, policy.least_hours)
    few = scores["hours"] < (own_least if limits.sibling_hours >= 100 else policy.least_hours)
    short = scores["hours"] < policy.full_hours
    choice = np.select([prior & few, few, useless, short], [PRIOR, NONE, NO_SKILL, SHORT], FULL)
    return [str(status) for status in choice]


def _near_reference(reference: Floats, columns: Columns) -> Floats:
    """The reference (H,C) that stands beside each column, NaN where none does."""
    if not reference.shape[1]:
        return np.full((len(reference), len(columns.near)), np.nan)
    return np.where(columns.near >= 0, reference[:, np.maximum(columns.near, 0)], np.nan)


def _beside(value: Floats, reference: Floats, columns: Columns) -> Floats:
    """Reference minus value (H,S) at the series beside a reference, NaN elsewhere."""
    real = ~columns.pseudo
    return (_near_reference(reference, columns) - value)[:, real]


def _learn_parts(
    past: Network, columns: Columns, references: References, seen: Look, value: Floats, regression: Regression,
    limits: PropertyPolicy, policy: Policy,
) -> tuple[Interval, Shares]:  # fmt: skip
    """Learn the interval and the estimate's shares from what values and estimates did at the pseudo-stations."""
    lately = slice(_tail(np.isfinite(seen.field.value).any(1), policy.level_window), None)
    beside = _beside(value, seen.reference, columns)
    shares, join = learn_shares(
        value[lately], seen.field.value[lately], beside[lately], columns, references, limits=limits, policy=policy
    )
    shifted = shift(value, beside, shares, columns, past, policy)
    guess = estimate(value, seen.field.value, join, shifted, limits=limits)
    near_error = np.where(columns.near[: beside.shape[1], None] >= 0, regression.left_out[: beside.shape[1]], np.nan).T
    interval = learn_interval(value, guess, seen.reference, columns, near_error, limits=limits, policy=policy)
    return interval, shares


def _assemble(
    past: Network, at: np.datetime64, columns: Columns, references: References, seen: Look, expected: Expectation,
    centre: Floats, regression: Regression, coefficients: Floats, scores: dict[str, Floats], status: list[str],
    parts: tuple[Interval, Shares], policy: Policy,
) -> Calibrations:  # fmt: skip
    """Keep what belongs to the S series themselves."""
    series = len(past.sensor_model)
    used = np.pad(regression.weight[:series] > 0, ((0, 0), (0, 1)))  # one hour more: there may be none
    known = used.any(1)
    first, last = used.argmax(1), used.shape[1] - used[:, ::-1].argmax(1)
    origin = past.hours[0] if len(past.hours) else at
    weight = columns.weight[:series]
    return Calibrations(
        fitted_at=at,
        status=tuple(status[:series]),
        feature_names=names(others_of(past)),
        coefficients=coefficients[:series],
        covariance=regression.covariance[:series],
        centre=centre,
        window_begin=np.where(known, origin + first * _HOUR, at),
        window_end=np.where(known, origin + last * _HOUR, at),
        reference_id=past.reference_id,
        references=references,
        reference_weight=weight / np.maximum(weight.sum(1, keepdims=True), 1e-300),
        expectation=expected,
        interval=parts[0],
        shares=parts[1],
        scores={name: array[:series] for name, array in scores.items()},
        seed=policy.seed,
    )


def _aligned(calibrations: Calibrations, network: Network) -> References:
    """The learnt references in the order of the network; one that was not there at the fit is not used."""
    place = {name: r for r, name in enumerate(calibrations.reference_id)}
    order = np.array([place.get(name, -1) for name in network.reference_id], dtype=np.int64)
    known = order >= 0
    if not len(calibrations.reference_id):
        return References(np.zeros(len(order)), np.zeros(len(order)), known)
    learnt = calibrations.references
    return References(
        np.where(known, learnt.offset[order], 0.0),
        np.where(known, learnt.variance[order], 0.0),
        known & learnt.usable[order],
    )


def _bounded(
    recent: Network, seen: Look, value: Floats, guess: Floats, measured: Bools, calibrations: Calibrations, rows: Bools,
    limits: PropertyPolicy, policy: Policy,
) -> Validated:  # fmt: skip
    """Add intervals and flags, and cut the lookback off."""
    parts, hours = calibrations.interval, recent.hours
    age = np.maximum((hours[:, None] - calibrations.window_end[None, :]) / _HOUR, 0.0)
    held = age > policy.hold_after
    grown = 1.0 + np.where(held, policy.held_growth_per_week * age / 168.0, 0.0)
    alone = np.isfinite(value) | measured
    lower, upper = bounds(
        value, parts.median, parts.increment_up, parts.increment_down, parts.noise * grown, limits=limits, policy=policy
    )
    wide = grown * np.where(alone, 1.0, _FIELD_ALONE)
    noise = np.where(measured, limits.unit_scale, parts.estimate_noise * wide)
    down, up = (np.where(measured, 0.0, part * wide) for part in (parts.estimate_down, parts.estimate_up))
    guess_lower, guess_upper = bounds(guess, parts.median, up, down, noise, limits=limits, policy=policy)
    flags = seen.flags | _calibration_flags(calibrations, seen, held, policy)
    return Validated(
        hours[rows],
        flags[rows],
        value[rows],
        lower[rows],
        upper[rows],
        guess[rows],
        guess_lower[rows],
        guess_upper[rows],
    )


def _calibration_flags(calibrations: Calibrations, seen: Look, held: Bools, policy: Policy) -> npt.NDArray[np.int32]:
    """Say what kind of calibration an hour had (H,S)."""
    status = np.array(calibrations.status)
    flags = np.zeros(seen.flags.shape, np.int32)
    gives = np.isin(status, GIVES_VALUE)
    flags[:, ~gives] |= Flag.NOT_CALIBRATED
    flags[:, status == NO_SKILL] |= Flag.NO_SKILL
    flags[:, status == SHORT] |= Flag.SHORT_WINDOW
    flags[:, status == PRIOR] |= Flag.CALIBRATION_PRIOR
    flags[held & gives] |= Flag.CALIBRATION_HELD
    flags[seen.field.count < _FEW_REFERENCES] |= Flag.FEW_REFERENCES
    return flags
