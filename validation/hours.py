"""Apply calibrations to hours: flags, value, estimate, intervals; each hour from itself and what came before it."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from validation.calibrations import GIVES_VALUE, Calibrations
from validation.columns import Columns, make_columns
from validation.estimate import Join, estimate, shift
from validation.field import References, clean_references
from validation.fit import apply, highest_raw
from validation.history import HOUR, Network, Validated
from validation.humidity import water_share
from validation.look import Look, filled, look
from validation.policy import DEFAULT, Policy, PropertyPolicy
from validation.result import conclude
from validation.surroundings import find_surroundings
from validation.trail import HOURS, Layout, Trail
from validation.training import weather_used
from validation.watch import RUN_UP, Watched, find, steady

Floats = npt.NDArray[np.float64]


def validate(
    network: Network, calibrations: Calibrations, *, begin: np.datetime64, end: np.datetime64, policy: Policy = DEFAULT
) -> Validated:
    """Give flags, value, estimate and intervals for the hours of [begin, end); hour h depends on hours up to h only."""
    return follow(network, calibrations, begin=begin, end=end, policy=policy)[0]


def follow(
    network: Network, calibrations: Calibrations, *, begin: np.datetime64, end: np.datetime64,
    policy: Policy = DEFAULT, trail: Trail | None = None,
) -> tuple[Validated, Trail]:  # fmt: skip
    """Validate, and leave the trail with which the hours that follow cost a fraction of that.

    A `trail` that leads here shortens the way; one that does not (another calibration, a reading that came late) is not
    used. The answer is the same.
    """
    limits = policy.of(network.observed_property)
    begin, end = begin.astype("datetime64[h]"), end.astype("datetime64[h]")
    if trail is not None and not trail.leads_to(begin, network, calibrations):
        trail = None
    layout = _lay_out(network, calibrations, limits, policy) if trail is None else trail.layout
    lookback = policy.lookback if trail is None else len(trail.past.hours)
    recent = network.between(begin - lookback * HOUR, end)
    asked = int((recent.hours >= begin).sum())
    wanted = asked if trail is not None else min(asked + RUN_UP, len(recent.hours))
    seen, x = _look(network, recent, calibrations, layout, wanted, limits, policy, trail)
    flags, watched = _watch(seen, x, recent, calibrations, layout, limits, policy, trail)
    screened = seen.screened if trail is None else trail.screened.then(seen.screened)
    left = Trail(calibrations, layout, recent.between(end - HOURS * HOUR, end), screened.last(HOURS), watched)
    seen = replace(seen.last(asked), flags=seen.flags[len(seen.flags) - asked :] | flags[len(flags) - asked :])
    judged = recent.between(begin, end)
    return _conclude(judged, seen, x[:, x.shape[1] - asked :], calibrations, layout, limits, policy), left


def near_reference(reference: Floats, columns: Columns) -> Floats:
    """The reference (H,C) that stands beside each column, NaN where none does."""
    if not reference.shape[1]:
        return np.full((len(reference), len(columns.near)), np.nan)
    return np.where(columns.near >= 0, reference[:, np.maximum(columns.near, 0)], np.nan)


def beside_reference(value: Floats, reference: Floats, columns: Columns) -> Floats:
    """Reference minus value (H,S) at the series beside a reference, NaN elsewhere."""
    real = ~columns.pseudo
    return (near_reference(reference, columns) - value)[:, real]


def _lay_out(network: Network, calibrations: Calibrations, limits: PropertyPolicy, policy: Policy) -> Layout:
    references = _aligned(calibrations, network)
    columns = make_columns(network, references, limits, policy, pseudo=False)
    status = np.array(calibrations.status, dtype=np.str_)
    return Layout(references, columns, find_surroundings(network, policy), status, np.isin(status, GIVES_VALUE))


def _look(
    network: Network, recent: Network, calibrations: Calibrations, layout: Layout, wanted: int, limits: PropertyPolicy,
    policy: Policy, trail: Trail | None,
) -> tuple[Look, Floats]:  # fmt: skip
    """See the recent hours, and the features (C,wanted,p) of the last of them."""
    reference = recent.reference
    if len(recent.hours):  # an analyser that stands still is found from days of it, which cost nothing
        first, last = recent.hours[0] - policy.lookback * HOUR, recent.hours[-1] + HOUR
        reference = clean_references(network.between(first, last).reference, limits)
    seen = look(
        recent, reference[len(reference) - len(recent.hours) :], layout.references, layout.columns,
        layout.surroundings, calibrations.expectation, limits=limits, wanted=wanted,
        before=None if trail is None else trail.screened,
    )  # fmt: skip
    used = weather_used(layout.columns, limits)
    return seen, filled(seen.features, calibrations.centre, layout.columns, weather_used=used, lags=limits.lags)


def _watch(
    seen: Look, x: Floats, recent: Network, calibrations: Calibrations, layout: Layout, limits: PropertyPolicy,
    policy: Policy, trail: Trail | None,
) -> tuple[npt.NDArray[np.int32], Watched]:  # fmt: skip
    """Ask the neighbours about the hours of x (C,h,p)."""
    rows = slice(len(recent.hours) - x.shape[1], None)
    coefficients = np.where(layout.gives[:, None], calibrations.coefficients, np.nan)
    return find(
        steady(x, coefficients, seen.good[len(seen.good) - x.shape[1] :]),
        seen.field.value[len(seen.field.value) - x.shape[1] :], recent.relative_humidity[rows],
        layout.surroundings.around, calibrations.scores, limits=limits, policy=policy,
        before=None if trail is None else trail.watched,
    )  # fmt: skip


def _conclude(
    judged: Network, seen: Look, x: Floats, calibrations: Calibrations, layout: Layout, limits: PropertyPolicy,
    policy: Policy,
) -> Validated:  # fmt: skip
    """Values, estimates and intervals of the hours judged."""
    columns, shares, gives = layout.columns, calibrations.shares, layout.gives
    value = apply(x, calibrations.coefficients, highest_raw(calibrations.scores)).T
    value = np.where(gives, value, np.nan)
    join = Join(np.where(gives, shares.level, 0.0), shares.scale, shares.share, calibrations.interval.median)
    beside = beside_reference(value, seen.reference, columns)
    shifted = shift(value, beside, shares, columns, judged, layout.surroundings, policy)
    water = water_share(judged.relative_humidity, limits)
    guess = estimate(value, seen.field.value, join, shifted, water, limits=limits)
    known = np.isfinite(near_reference(seen.reference, columns))
    guess = np.where(known, np.maximum(seen.field.value, 0.0), guess)
    return conclude(judged, seen, value, guess, known, calibrations, layout, limits, policy)


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
        learnt.covariance,
    )
