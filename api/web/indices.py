"""The two indices that colour the map: the European one and the Dutch LKI, each for one pollutant at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from api.index import EDGES

LKI_EDGES: Mapping[str, tuple[float, ...]] = {
    "pm2_5": (20, 50, 90, 140),
    "pm10": (30, 75, 125, 200),
    "no2": (30, 75, 125, 200),
    "o3": (40, 100, 180, 240),
}
"""Where the classes from the second on begin [µg/m³]: 4, 7, 9 and 11 of RIVM report 2014-0050, table 7."""


class Index(StrEnum):
    """Which index colours the map."""

    EUROPEAN = "european"
    LKI = "lki"


@dataclass(frozen=True, slots=True)
class Band:
    """One class of the legend: from `above` to `upto` [µg/m³]; None is an open end."""

    number: int
    above: float | None
    upto: float | None


def edges(index: Index, observed_property: str) -> tuple[float, ...]:
    """List the bounds between the classes of a property [µg/m³]."""
    return (EDGES if index is Index.EUROPEAN else LKI_EDGES)[observed_property]


def numbers(index: Index, observed_property: str, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Number the class of each value [µg/m³], 1 the best; 0 for NaN.

    A value on a bound belongs to the lower class of the European index, and to the higher one of the LKI.
    """
    side: str = "left" if index is Index.EUROPEAN else "right"
    found = np.searchsorted(edges(index, observed_property), values, side=side) + 1  # type: ignore[call-overload]
    return np.where(np.isnan(values), 0, found).astype(np.int8)


def legend(index: Index, observed_property: str) -> list[Band]:
    """List the classes of a property, the best first."""
    bounds = edges(index, observed_property)
    return [
        Band(number, above, upto)
        for number, (above, upto) in enumerate(zip((None, *bounds), (*bounds, None), strict=True), start=1)
    ]
