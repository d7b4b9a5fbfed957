"""The values that an area is laid beside: the guideline levels of WHO and those of the EU for 2030, of year and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from validation.exceedance import Verdict, days_exceeded, mean_exceeded

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """A value [µg/m³] of a year's mean, or of days of which `allowed` a year may be above it."""

    of: str
    level: float
    allowed: int | None = None


LEVELS: Mapping[str, tuple[Level, ...]] = MappingProxyType(
    {
        "pm2_5": (Level("WHO", 5), Level("EU 2030", 10), Level("WHO", 15, 3), Level("EU 2030", 25, 18)),
        "pm10": (Level("WHO", 15), Level("EU 2030", 20), Level("WHO", 45, 3), Level("EU 2030", 45, 18)),
    }
)
"""WHO global air quality guidelines 2021 (days: 99th percentile, three a year); Directive (EU) 2024/2881, Annex I."""

SHADES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {"pm2_5": (5.0, 7.5, 10.0, 15.0), "pm10": (15.0, 17.5, 20.0, 30.0)}
)
"""Upper edges of the shades of the area map [µg/m³]: means of days and weeks lie far below the bands of an hour."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a level was exceeded: probabilities 0..1 at both ends, None where nobody can say even that."""

    level: Level
    lower: float | None
    upper: float | None
    verdict: str  # cannot_say, exceeded, not_exceeded


def answers(observed_property: str, mean: Floats, error: Floats) -> Sequence[Answer]:
    """Lay the days of a year (D,) with their standard errors beside each level; NaN are days without."""
    return [_answer(level, mean[None, :], error[None, :]) for level in LEVELS[observed_property]]


def _answer(level: Level, mean: Floats, error: Floats) -> Answer:
    if level.allowed is None:
        found = mean_exceeded(mean, error, level=level.level)
    else:
        found = days_exceeded(mean, error, level=level.level, allowed=level.allowed)
    ends = [None if np.isnan(each[0]) else float(each[0]) for each in (found.lower, found.upper)]
    return Answer(level, ends[0], ends[1], Verdict(int(found.verdict()[0])).name.lower())


def shade(observed_property: str, value: float | None) -> int:
    """Give the shade of a value: 1 the lightest to 5, 0 without a value."""
    return 0 if value is None else 1 + sum(value > edge for edge in SHADES[observed_property])
