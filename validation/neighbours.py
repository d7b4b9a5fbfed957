"""Do the stations around confirm this hour? How far each series departs from the field and from its neighbours, in
units of what is usual for it.

Departures are differences of logarithms, so that one threshold serves clean air and smog; of temperatures and the like
plain differences. An hour is judged by itself and the hours before it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.median import TO_SIGMA, median
from validation.policy import PropertyPolicy

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

LEAST_NEIGHBOURS = 3
MANY = 0.30  # share of the neighbours: fireworks reach half of the gardens, a barbecue two
_LOG_FLOOR = 0.1  # share of the property's base that is added before the logarithm: 2 µg/m³ of particles
_LEAST_SCALE = 0.05  # 5 %: closer than that no two places agree
_LEAST_HOURS = 48


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for each series (S,): its departure from the field, and the scale of what its neighbours do not
    share of it; NaN where too little is known."""

    departure: Floats
    scale: Floats


def depart(value: Floats, field: Floats, limits: PropertyPolicy) -> Floats:
    """Give the departure of values (H,S) from the field (H,S); in hours without a field from the median of all series.

    NaN where the value is missing.
    """
    return depart_of_levels(level_of(value, limits), level_of(field, limits))


def depart_of_levels(level: Floats, expected: Floats) -> Floats:
    """Give the departure of levels (H,S) from those of the field (H,S), where both are known already: see `depart`."""
    missing = ~np.isfinite(expected)
    if missing.any():
        expected = np.where(missing, median(level)[:, None], expected)
    departure: Floats = level - expected
    return departure


def learn_usual(departure: Floats, neighbours: Ints) -> Usual:
    """Learn from departures (H,S) of past hours what is usual for each series; a minority of hours may be wrong."""
    enough = np.isfinite(departure).sum(0) >= _LEAST_HOURS
    usual = np.where(enough, median(departure.T), np.nan)
    centred = departure - usual
    scale = TO_SIGMA * median(np.abs(centred - shared(centred, neighbours)).T)
    return Usual(usual, np.where(enough, np.hypot(scale, _LEAST_SCALE), np.nan))


def judge(departure: Floats, usual: Usual, neighbours: Ints) -> Floats:
    """Say by how many usual scales (H,S) each hour departs from field and neighbours together; NaN is not judged.

    In hours when most neighbours are far from their own usual scale (fog, a front), the root of that excess is taken
    off.
    """
    centred = departure - usual.departure
    score: Floats = (centred - shared(centred, neighbours)) / usual.scale
    unrest = TO_SIGMA * _around(np.abs(score), neighbours)[0]
    calm: Floats = score / np.sqrt(np.fmax(unrest, 1.0))
    return calm


def disagrees(score: Floats, *, found: float, lasting: float, before: Bools | None = None) -> Bools:
    """True where a score (H,S) exceeds `found`, and while it stays above `lasting` from then on.

    A finding outlasts missing hours, and may come from `before` (S,). For scores below, pass the negated scores.
    """
    over, ended = _since(score, found, lasting, before)
    lasts: Bools = (score > lasting) & (over > ended)
    return lasts


def stands(score: Floats, *, found: float, lasting: float, before: Bools | None = None) -> Bools:
    """Whether (S,) a finding of :func:`disagrees` has not ended after the last hour, be that hour missing."""
    if not len(score):
        return np.zeros(score.shape[1], bool) if before is None else before
    over, ended = _since(score, found, lasting, before)
    standing: Bools = over[-1] > ended[-1]
    return standing


def _since(score: Floats, found: float, lasting: float, before: Bools | None) -> tuple[Ints, Ints]:
    """The last rows (H,S) with a finding and with its end, counted from 1; 0 is what was before, -1 never."""
    row = np.arange(1, len(score) + 1)[:, None]
    begun = np.full(score.shape[1], -1) if before is None else np.where(before, 0, -1)
    over = np.maximum.accumulate(np.where(score > found, row, begun), axis=0)
    return over, np.maximum.accumulate(np.where(score <= lasting, row, -1), axis=0)


def shared(centred: Floats, neighbours: Ints) -> Floats:
    """What the neighbours have in common (H,S): their median, drawn towards none (0) where they are few; 0 under
    three."""
    middle, count = _around(centred, neighbours)
    common: Floats = np.nan_to_num(middle * count / (count + 1.0))
    return common


def alone(departure: Floats, neighbours: Ints, *, scales: float) -> Bools:
    """True where a series (H,S) rises far above its own usual departure, and few of its neighbours do so.

    For hours before there is a calibration: scales are the series' own, of everything it departs. The neighbours are
    asked for such hours alone, so that months of thousands of series cost little.
    """
    centred = departure - median(departure.T)
    scale = np.hypot(TO_SIGMA * median(np.abs(centred).T), _LEAST_SCALE)
    high = centred > scales * scale
    row, column = np.nonzero(high)
    around = neighbours[column]
    there = (around >= 0) & np.isfinite(departure[row[:, None], np.maximum(around, 0)])
    too = there & high[row[:, None], np.maximum(around, 0)]
    found = np.zeros(departure.shape, bool)
    found[row, column] = (there.sum(1) >= LEAST_NEIGHBOURS) & (too.sum(1) < MANY * there.sum(1))
    return found


def _around(values: Floats, neighbours: Ints) -> tuple[Floats, Ints]:
    """Median (H,S) over at least three neighbours, NaN for fewer; and how many (H,S) there were."""
    gathered = values[:, np.maximum(neighbours, 0)]
    gathered[:, neighbours < 0] = np.nan
    count = np.isfinite(gathered).sum(-1)
    return np.where(count >= LEAST_NEIGHBOURS, median(gathered), np.nan), count


def level_of(values: Floats, limits: PropertyPolicy) -> Floats:
    """The scale on which departures add up: the logarithm above a floor, or the value itself [property unit]."""
    if limits.additive:
        return values / limits.base
    level: Floats = np.log(np.maximum(values, 0.0) + _LOG_FLOOR * limits.base)
    return level
