"""The interval of an area's median, wherever one is shown, and when none is."""

from math import sqrt
from typing import Protocol

STATIONS_MIN = 3  # fewer say more of a household than of the air
MEDIAN_FACTOR = 1.2533  # sqrt(π/2): how much wider the median of normal numbers scatters than their mean
COVER = 1.96


class Measured(Protocol):
    """What the stations of an area measured: how many, their median, how they scatter, their mean half width."""

    @property
    def measuring(self) -> int: ...
    @property
    def median(self) -> float | None: ...
    @property
    def sd(self) -> float | None: ...
    @property
    def half(self) -> float | None: ...


def half_width(sd: float, half: float, stations: int) -> float:
    """Join the stations' scatter and what they have in common to half a 95 % interval of their median."""
    return sqrt((COVER * MEDIAN_FACTOR * sd / sqrt(stations)) ** 2 + half**2)


def interval(found: Measured) -> tuple[float, float, float] | None:
    """Give median, lower and upper; None where fewer than three stations measured."""
    if found.measuring < STATIONS_MIN or found.median is None or found.sd is None:
        return None
    half = half_width(found.sd, found.half or 0.0, found.measuring)
    return found.median, max(0.0, found.median - half), found.median + half
