"""What quality control knows of each series when its calibration is made, and what it says of the hours after that.

It flags and never shifts: raw, value and clock stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.clocks import clock_offset
from validation.drift import BASELINE_DAYS, WATCHED_DAYS, daily, drift, step
from validation.episodes import BACKGROUND_HOURS, episode, local_event, risen
from validation.excess import too_high
from validation.features import LAGS
from validation.fit import predict
from validation.flags import Flag
from validation.history import Network
from validation.median import median
from validation.neighbours import (
    Usual,
    alone,
    depart,
    depart_of_levels,
    disagrees,
    judge,
    learn_usual,
    level_of,
    stands,
)
from validation.policy import Policy, PropertyPolicy
from validation.runs import last_hours
from validation.screening import Expectation
from validation.surroundings import Surroundings

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Masks = npt.NDArray[np.int32]

_SAMPLES = 96  # hours spread over the window, every seventh of four weeks: so every hour of the day comes up
_LAGGED = slice(2, 2 + LAGS)
_SCALES_ALONE = 4.0  # before there is a calibration, humidity and gain are in the scale too
_WATCHED = 24 * (BASELINE_DAYS + WATCHED_DAYS)
_STEP_FLAGGED_DAYS = 28
_OUTBURST_TIMES, _OUTBURST_MARGINS = 4.0, 2.0  # [C] fireworks; winter smog builds up over days and is learnt from
RUN_UP = 24
"""Hours before the first judged one, in which a finding may have begun."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What the next hours need to know of past ones: steady value and field (K,S), whether a series stood above its
    neighbours (K,S), and whether (S,) a finding above or below them has not ended yet."""

    value: Floats
    field: Floats
    above: Bools
    stands_above: Bools
    stands_below: Bools


def steady(x: Floats, coefficients: Floats, good: Floats) -> Floats:
    """Calibrate each hour (H,S) by itself, as if the hours before had been alike: a wrong hour then spoils no later
    one.

    x (S,H,p) and coefficients (S,p) as of the fit; NaN where `good` (H,S) is.
    """
    level = x.copy()
    level[..., _LAGGED] = 0.0
    return np.where(np.isfinite(good), predict(level, coefficients).T, np.nan)


def learn(
    value: Floats, field: Floats, surroundings: Surroundings, limits: PropertyPolicy, policy: Policy
) -> dict[str, Floats]:
    """Learn of each series (S,) from the steady values and the field (H,S) of the fit's window.

    usual_departure, usual_scale: see :class:`Usual`; clock_offset [h] ahead; drift, drift_change, drift_days (NaN: no
    alarm) and step, step_days (NaN: none): see :mod:`validation.drift`.
    """
    around = surroundings.around
    value, field = value[-_WATCHED:], field[-_WATCHED:]
    own, air = level_of(value, limits), level_of(field, limits)
    departure = depart_of_levels(own, air)
    lately = slice(-policy.usual_window, None)
    step_width = max(1, len(departure[lately]) // _SAMPLES)
    usual = learn_usual(departure[lately][::-step_width][::-1], around)
    days = daily(departure, around)
    drifted, (size, ago) = drift(days), step(days)
    ahead = clock_offset(own[lately], air[lately])
    return {
        "usual_departure": usual.departure,
        "usual_scale": usual.scale,
        "clock_offset": ahead.astype(np.float64),
        "drift": drifted.cusum,
        "drift_change": drifted.change,
        "drift_days": np.where(drifted.alarm & np.isnan(size), drifted.days, np.nan),
        "step": size,
        "step_days": ago,
    }


def find(
    value: Floats, field: Floats, humidity: Floats, around: Ints, scores: Mapping[str, Floats],
    *, limits: PropertyPolicy, policy: Policy, before: Watched | None = None,
) -> tuple[Masks, Watched]:  # fmt: skip
    """Flag hours (h,S) of steady values: NEIGHBOUR, EPISODE, LOCAL_EVENT, and what was learnt of the series:
    CLOCK_OFFSET, DRIFT, MOVED. The first day of hours is a run-up, unless `before` has what came before them.

    Also what the next hours need to know."""
    if before is None:
        before = _nothing(value.shape[1])
    score = _score(value, field, around, scores, limits)
    bounds = {"found": policy.neighbour_found, "lasting": policy.neighbour_lasting}
    above = disagrees(score, **bounds, before=before.stands_above)
    below = disagrees(-score, **bounds, before=before.stands_below)
    rows = len(value)
    value, field = np.concatenate([before.value, value]), np.concatenate([before.field, field])
    smoke = np.zeros(above.shape, bool) if limits.additive else episode(value, field, humidity, around, limits, rows)
    above, below = above & ~smoke, below & ~smoke
    known = np.concatenate([before.above, above])
    flags = np.zeros(above.shape, np.int32) | _of_series(scores, above.shape[1])
    flags[above | below] |= Flag.NEIGHBOUR
    flags[smoke] |= Flag.EPISODE
    if not limits.additive:
        flags[local_event(known, humidity)] |= Flag.LOCAL_EVENT
    return flags, Watched(
        value[-BACKGROUND_HOURS:],
        field[-BACKGROUND_HOURS:],
        known[-BACKGROUND_HOURS:],
        stands(score, **bounds, before=before.stands_above),
        stands(-score, **bounds, before=before.stands_below),
    )


def _score(value: Floats, field: Floats, around: Ints, scores: Mapping[str, Floats], limits: PropertyPolicy) -> Floats:
    unknown = np.full(value.shape[1], np.nan)
    usual = Usual(scores.get("usual_departure", unknown), scores.get("usual_scale", unknown))
    return judge(depart(value, field, limits), usual, around)


def _nothing(series: int) -> Watched:
    none, never = np.zeros((0, series)), np.zeros(series, bool)
    return Watched(none, none, np.zeros((0, series), bool), never, never)


def not_learnt_from(
    good: Floats, field: Floats, network: Network, expected: Expectation, surroundings: Surroundings,
    *, limits: PropertyPolicy,
) -> Bools:  # fmt: skip
    """True for hours (H,S) that a fit leaves out: what one garden alone saw, told from raw and what the series usually
    shows; a sudden episode with the three hours in which it is among the features; and what is too high to learn from.
    """
    if limits.additive:
        return np.zeros(good.shape, bool)
    slope = np.where(expected.gain > 0, expected.gain, np.nan)
    departure = depart((good - expected.offset) / slope, field, limits)
    garden = local_event(alone(departure, surroundings.around, scales=_SCALES_ALONE), network.relative_humidity)
    left_out = garden | _outburst(field, limits)
    return left_out | too_high(good, field, network.relative_humidity, limits) if limits.takes_up_water else left_out


def _outburst(field: Floats, limits: PropertyPolicy) -> Bools:
    """The hours (H,1) in which the field (H,S) as a whole has risen, and the lags after them."""
    sudden = risen(median(field)[:, None], limits, times=_OUTBURST_TIMES, margins=_OUTBURST_MARGINS)
    after = last_hours(sudden.astype(np.float64), LAGS) > 0
    outburst: Bools = sudden | after.any(axis=0)
    return outburst


def _of_series(scores: Mapping[str, Floats], series: int) -> Masks:
    """What all hours of a series (S,) are flagged with until its next calibration."""
    unknown = np.full(series, np.nan)
    flags = np.zeros(series, np.int32)
    flags[np.nan_to_num(scores.get("clock_offset", unknown)) != 0] |= Flag.CLOCK_OFFSET
    flags[np.isfinite(scores.get("drift_days", unknown))] |= Flag.DRIFT
    flags[scores.get("step_days", unknown) <= _STEP_FLAGGED_DAYS] |= Flag.MOVED
    flags[scores.get("segment_days", unknown) <= _STEP_FLAGGED_DAYS] |= Flag.NEW_SEGMENT
    return flags
