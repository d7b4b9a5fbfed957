"""Does a sensor slowly, or at once, go another way than its neighbours? Daily departures, two-sided CUSUM, steps.

Both look at days that are over, and say what they found; the calibration that follows a drift is the fit's.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.median import TO_SIGMA, median
from validation.neighbours import shared

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

BASELINE_DAYS, WATCHED_DAYS = 28, 28
_DAY = 24
_LEAST_HOURS = 8
_LEAST_DAYS = 14
_SLACK, _ALARM = 0.5, 16.0  # [M] calibration evidence 4: -1 %/day found after 22 days, .08 false alarms a month
_LEAST_CHANGE = 0.10  # less than 10 % is inside every interval
_LEAST_SCALE = 0.02
_STEP_BEFORE, _STEP_AFTER, _STEP_EDGE = 14, 7, 3
_LEAST_STEP = 0.20  # a fifth more or less: units of one model spread by as much
_STEP_SCALES = 4.0
_SHARP, _MOST = 0.5, 0.7  # share of a step that lies between two days, and between three and three


@dataclass(frozen=True, slots=True)
class Drift:
    """For each series (S,): cusum (signed, in scales), change [log] of the last week against the baseline, days since
    it began; and whether that is an alarm."""

    cusum: Floats
    change: Floats
    days: Floats
    alarm: Bools


def daily(departure: Floats, neighbours: Ints) -> Floats:
    """Give the days (D,S) of hourly departures (H,S), D = H // 24 counted from the end: the median of at least eight
    hours, less what the neighbours share."""
    days = len(departure) // _DAY
    hours = departure[len(departure) - days * _DAY :].reshape(days, _DAY, departure.shape[1])
    enough = np.isfinite(hours).sum(1) >= _LEAST_HOURS
    level = np.where(enough, median(hours.swapaxes(1, 2)), np.nan)
    centred = level - median(level.T)
    own: Floats = centred - shared(centred, neighbours)
    return own


def drift(days: Floats) -> Drift:
    """Sum up how far the last four weeks of `days` (D,S) leave the four weeks before them; too few days: no alarm.

    The scale is widened for days that know each other (autocorrelation).
    """
    days = days[-(BASELINE_DAYS + WATCHED_DAYS) :]
    base, watched = days[:-WATCHED_DAYS], days[-WATCHED_DAYS:]
    usual = median(base.T)
    scale = np.hypot(TO_SIGMA * median(np.abs(base - usual).T), _LEAST_SCALE) * _stretch(base - usual)
    score = np.nan_to_num((watched - usual) / scale)
    up, up_days = _cusum(score)
    down, down_days = _cusum(-score)
    change = median(watched[-7:].T) - usual
    enough = (np.isfinite(base).sum(0) >= _LEAST_DAYS) & np.isfinite(change)
    cusum = np.where(up >= down, up, -down)
    alarm = enough & (np.abs(cusum) >= _ALARM) & (np.abs(change) >= _LEAST_CHANGE) & (cusum * change > 0)
    return Drift(cusum, change, np.where(up >= down, up_days, down_days), alarm)


def step(days: Floats) -> tuple[Floats, Floats]:
    """Find the latest step in `days` (D,S): its size (S,) [log] and how many days ago it was; NaN where there is none.

    A step stands after three days: the medians of two weeks before and up to a week after differ by a fifth and by four
    times the scatter, and most of that lies between two days.
    """
    size, ago = (np.full(days.shape[1], np.nan) for _ in range(2))
    jumps = np.abs(np.diff(days, axis=0))
    for at in range(_STEP_BEFORE, len(days) - _STEP_EDGE + 1):  # days, not hours nor stations
        columns = np.flatnonzero(jumps[at - 1] > _SHARP * _LEAST_STEP)
        change = _step_at(days[at - _STEP_BEFORE : at + _STEP_AFTER, columns])
        found = np.isfinite(change)
        size[columns[found]] = change[found]
        ago[columns[found]] = float(len(days) - at)
    return size, ago


def _step_at(days: Floats) -> Floats:
    """The step (S,) before day `_STEP_BEFORE` of `days` (D,S), NaN where there is none."""
    before, after = days[:_STEP_BEFORE], days[_STEP_BEFORE:]
    change = median(after.T) - median(before.T)
    scatter = TO_SIGMA * median(np.abs(np.diff(before, axis=0)).T) / np.sqrt(2)
    edge = median(after[:_STEP_EDGE].T) - median(before[-_STEP_EDGE:].T)
    sharp = np.abs(after[0] - before[-1]) > _SHARP * np.abs(change)
    clear = np.abs(change) > np.maximum(_LEAST_STEP, _STEP_SCALES * np.hypot(scatter, _LEAST_SCALE))
    clear &= (edge * np.sign(change) > _MOST * np.abs(change)) & (np.isfinite(before).sum(0) >= _STEP_BEFORE // 2)
    return np.where(clear & sharp, change, np.nan)


def _cusum(score: Floats) -> tuple[Floats, Floats]:
    """The one-sided sum (S,) after the last day, and the days since it was last zero."""
    total = np.cumsum(score - _SLACK, axis=0)
    total = np.concatenate([np.zeros((1, total.shape[1])), total])
    lowest = len(total) - 1 - total[::-1].argmin(0)
    return total[-1] - total.min(0), (len(total) - 1 - lowest).astype(np.float64)


def _stretch(rest: Floats) -> Floats:
    """The factor (S,) by which days that resemble the day before widen the scale of their sum."""
    both = np.isfinite(rest[1:]) & np.isfinite(rest[:-1])
    a, b = np.where(both, rest[1:], 0.0), np.where(both, rest[:-1], 0.0)
    alike = (a * b).sum(0) / np.maximum(np.sqrt((a**2).sum(0) * (b**2).sum(0)), 1e-12)
    alike = np.clip(alike, 0.0, 0.9)
    stretch: Floats = np.sqrt((1 + alike) / (1 - alike))
    return stretch
