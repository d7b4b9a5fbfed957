"""Outlines that lie over each other: of areas that are loaded, and of those that a page draws."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

OVERLAP = 0.01
"""Share of the smaller of two: what neighbours share by the rounding of their corners is far less."""


def overlapping(shapes: npt.NDArray[Any], kinds: npt.NDArray[np.str_] | None = None) -> list[tuple[int, int]]:
    """List pairs of shapes (N,) by their numbers that share over a hundredth of the smaller, of one kind if given."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    if kinds is not None:
        pairs &= kinds[first] == kinds[second]
    first, second = first[pairs], second[pairs]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    much = shared > OVERLAP * np.minimum(shapely.area(shapes[first]), shapely.area(shapes[second]))
    return [(int(one), int(other)) for one, other in zip(first[much], second[much], strict=True)]
