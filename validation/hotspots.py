"""Hotspots: places, and hours at a place, that stand out from their surroundings; for who plans where to look next.

A station is laid against the median of its neighbours, hour by hour, and the days are what is counted: hours of one day
are no independent witnesses. Two questions are asked of every station. `place`: is it above its neighbours as a whole,
by more than both intervals allow? `hours`: is it further above them in one quarter of the day than in the others? There
what is off all day (a calibration) falls out, and only what is off in proportion to the level stays. All questions of
all stations are one family, and of those that are called hotspots about `rate` are not (Benjamini and Hochberg 1995,
doi 10.1111/j.2517-6161.1995.tb02031.x).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree
from scipy.special import stdtr  # scipy.stats has the same behind a second of imports

from validation.median import TO_SIGMA, median

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

REACH = 3000.0  # [m]
NEIGHBOURS_MIN, NEIGHBOURS_MAX = 3, 8
QUARTERS = 4  # of a day, six hours each from midnight
LEAST_HOURS = 4  # of the six
LEAST_DAYS = 7
LEAST_EXCESS = 2.0  # [µg/m³]; less is not worth a walk
RATE = 0.05

_MEDIAN = 1.2533  # sqrt(π/2): standard error of a median of normal numbers in those of their mean


@dataclass(frozen=True, slots=True)
class Hotspots:
    """What stands out, the surest first; `quarter` -1 is the place as a whole. All (N,)."""

    station: Ints
    quarter: Ints
    excess: Floats  # [µg/m³] above the neighbours; of hours, above what the other hours have of it
    z: Floats  # excess ÷ its standard error
    p: Floats  # of one question
    days: Ints
    level: Floats  # what the neighbours measured [µg/m³]


def neighbours(latitude: Floats, longitude: Floats, *, reach: float = REACH) -> Ints:
    """Give the nearest other stations (S, NEIGHBOURS_MAX) within `reach` [m]; S where there are no more."""
    across = 111_320.0 * np.cos(np.radians(np.mean(latitude) if latitude.size else 0.0))
    place = np.column_stack((latitude * 111_320.0, longitude * across))
    _, found = KDTree(place).query(place, k=NEIGHBOURS_MAX + 1, distance_upper_bound=reach)
    found = np.where(found == np.arange(len(place))[:, None], len(place), found)  # not itself, which may not be first
    return np.sort(found, axis=1)[:, :NEIGHBOURS_MAX].astype(np.int64)


def find(
    value: Floats, error: Floats, near: Ints, *, rate: float = RATE, least_excess: float = LEAST_EXCESS
) -> Hotspots:
    """Find what stands out among S stations in D days of 24 local hours.

    value, error: (D,24,S) [µg/m³], NaN where there is no hour or it is not to be used; error is a standard error;
    near: as `neighbours` gives it.
    """
    around = _around(value, near)
    own = _quarters(value - around)  # (D,Q,S)
    level = _quarters(np.where(np.isfinite(value), around, np.nan))
    usual = median(error.reshape(-1, error.shape[2]), 0)  # (S,)
    questions = [_place(own, level, usual, near)] + [_hours(own, level, usual, q) for q in range(QUARTERS)]
    excess, size, days, height = (np.stack(each) for each in zip(*questions, strict=True))  # (1+Q,S)
    asked = (days >= LEAST_DAYS) & np.isfinite(excess) & (size > 0)
    z = np.divide(excess, size, out=np.zeros_like(excess), where=asked)
    p = np.where(asked, stdtr(np.maximum(days - 1, 1), -z), 1.0)
    told = _discoveries(p, asked, rate) & (excess >= least_excess)
    row, station = np.nonzero(told)
    order = np.argsort(p[row, station], kind="stable")
    row, station = row[order], station[order]
    of = (row, station)
    return Hotspots(station, row - 1, excess[of], z[of], p[of], days[of].astype(np.int64), height[of])


def _around(value: Floats, near: Ints) -> Floats:
    """Median (D,24,S) of the neighbours that have a value; NaN with fewer than three of them."""
    padded = np.concatenate((value, np.full((*value.shape[:2], 1), np.nan)), axis=2)
    beside = padded[:, :, near]  # (D,24,S,K)
    return np.where(np.isfinite(beside).sum(3) >= NEIGHBOURS_MIN, median(beside), np.nan)


def _quarters(hours: Floats) -> Floats:
    """Mean (D,Q,S) of the quarters of each day; NaN where too few of its hours are there."""
    days, _, stations = hours.shape
    parts = hours.reshape(days, QUARTERS, -1, stations)
    count = np.isfinite(parts).sum(2)
    total = np.nansum(parts, axis=2)
    return np.where(count >= LEAST_HOURS, total / np.maximum(count, 1), np.nan)


def _place(own: Floats, level: Floats, usual: Floats, near: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """Ask of all hours together; the error of a calibration counts whole, that of the neighbours as of their median."""
    daily = own.mean(1)  # NaN where a quarter is missing: a day is then no witness of all its hours
    excess, scatter, days = _centre(daily)
    padded = np.append(usual, np.nan)[near]
    count = np.maximum(np.isfinite(padded).sum(1), 1)
    others = np.sqrt(np.nansum(padded**2, axis=1)) / count * _MEDIAN
    return excess, np.sqrt(scatter**2 + usual**2 + others**2), days, median(level.mean(1), 0)


def _hours(own: Floats, level: Floats, usual: Floats, quarter: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Ask of one quarter against the others of the same days; an error in proportion to the level stays."""
    rest = [q for q in range(QUARTERS) if q != quarter]
    excess, scatter, days = _centre(own[:, quarter] - own[:, rest].mean(1))
    height = median(level[:, quarter], 0)
    relative = usual / np.maximum(median(level.mean(1), 0), 1.0)
    apart = np.abs(height - median(level[:, rest].mean(1), 0))
    return excess, np.hypot(scatter, relative * apart), days, height


def _centre(daily: Floats) -> tuple[Floats, Floats, Floats]:
    """Median (S,) of the days (D,S), its standard error with each day's dependence on the last, and their count."""
    count = np.isfinite(daily).sum(0).astype(float)
    middle = median(daily, 0)
    centred = daily - middle
    scale = TO_SIGMA * median(np.abs(centred), 0)
    limited = np.clip(centred / np.maximum(scale, 1e-9), -3, 3)
    both = np.isfinite(limited[1:]) & np.isfinite(limited[:-1])
    product = np.where(both, limited[1:] * limited[:-1], 0.0).sum()
    lag = float(np.clip(product / max(np.where(both, limited[1:] ** 2, 0.0).sum(), 1e-9), 0.0, 0.8))  # of all stations
    dependence = np.sqrt((1 + lag) / (1 - lag))
    small = np.sqrt(count / np.maximum(count - 2, 1))  # the scale of a fortnight is itself not well known
    return middle, small * dependence * _MEDIAN * scale / np.sqrt(np.maximum(count, 1)), count


def _discoveries(p: Floats, asked: Bools, rate: float) -> Bools:
    """Choose by Benjamini and Hochberg among the questions that were asked."""
    ordered = np.sort(p[asked])
    if not ordered.size:
        return np.zeros_like(asked)
    passes = ordered <= rate * np.arange(1, ordered.size + 1) / ordered.size
    limit = ordered[passes][-1] if passes.any() else -1.0
    chosen: Bools = asked & (p <= limit)
    return chosen
