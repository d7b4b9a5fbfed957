"""Makes areas of features: code, name and kind from the attributes that CBS and others use, outlines in degrees."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from api import overlap
from luchtbrug.areas.errors import AreaFileError
from luchtbrug.areas.figures import CODE
from luchtbrug.areas.files import WGS84, Found
from storage.areas import NewArea

Points = npt.NDArray[np.float64]

DIGITS = 6  # of a degree: a decimetre
KINDS = {"GM": "municipality", "WK": "district", "BU": "neighbourhood", "PV": "province"}
"""The first letters of a CBS code → what it is a code of."""

NAMED = (
    ("buurtcode", "buurtnaam"),
    ("wijkcode", "wijknaam"),
    ("gemeentecode", "gemeentenaam"),
    ("statcode", "statnaam"),
    ("code", "name"),
    ("code", "naam"),
    ("id", "name"),
)
"""Attributes with code and name: the finest first, for a neighbourhood of CBS also has the codes of what it lies in."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which attributes hold an area's code and name."""

    code: str
    name: str


def columns_of(found: Found, code: str | None, name: str | None) -> Columns:
    """Choose the attributes: the named ones, else the first known pair. AreaFileError lists those that there are."""
    if code is not None:
        return Columns(code.lower(), (name or code).lower())
    for pair in NAMED:
        if all(one in found.attributes for one in pair):
            return Columns(*pair)
    raise AreaFileError(
        f"none of the known pairs of code and name is there: name them with --code and --name, of "
        f"{', '.join(sorted(found.attributes))}."
    )


def areas(found: Iterable[Found], columns: Columns, kind: str | None) -> Iterator[NewArea]:
    """Make an area of all features with the same code, water and land; `kind` is that of a code CBS does not give."""
    shapes: dict[str, list[BaseGeometry]] = {}
    names: dict[str, str] = {}
    for one in found:
        code, name = _text(one, columns.code), _text(one, columns.name)
        if not CODE.fullmatch(code):
            raise AreaFileError(f"{code[:60]!r} is no code: at most 40 letters, digits, '.', '_' and '-'.")
        shapes.setdefault(code, []).append(shapely.transform(one.shape, _to_degrees(one.system)))
        names.setdefault(code, name)
    for code, parts in shapes.items():
        yield _area(code, names[code], kind or KINDS.get(code[:2], "area"), parts)


def mended(found: Iterable[Found], columns: Columns) -> list[str]:
    """List the codes of outlines that cross themselves: they are loaded as what they enclose."""
    shapes = list(found)
    broken = ~shapely.is_valid([one.shape for one in shapes])
    return sorted({_text(one, columns.code) for one, wrong in zip(shapes, broken, strict=True) if wrong})


def overlapping(new: Sequence[NewArea]) -> list[tuple[str, str]]:
    """List pairs of areas of one kind that share over a hundredth of the smaller: a station there counts in both."""
    shapes = np.array([shapely.from_geojson(one.geometry) for one in new], dtype=object)
    found = overlap.overlapping(shapes, np.array([one.kind for one in new]))
    return [(new[one].code, new[other].code) for one, other in found]


def _area(code: str, name: str, kind: str, parts: list[BaseGeometry]) -> NewArea:
    outline = shapely.union_all([shapely.make_valid(part) for part in parts])
    polygons = [part for part in shapely.get_parts(outline) if part.geom_type == "Polygon"]
    if not polygons:
        raise AreaFileError(f"area {code} is a {outline.geom_type}, not an outline.")
    outline = shapely.multipolygons(polygons)
    west, south, east, north = shapely.bounds(outline).tolist()
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise AreaFileError(f"area {code} is not on Earth: does the file name its reference system?")
    rings = tuple(shapely.get_coordinates(ring).tolist() for ring in shapely.get_rings(polygons))
    return NewArea(code, name, kind, (west, south, east, north), shapely.to_geojson(outline), rings)


@cache
def _to_degrees(system: str) -> Callable[[Points], Points]:
    """Give the way from a reference system to longitude and latitude of WGS 84, rounded."""
    try:
        transformer = pyproj.Transformer.from_crs(system, WGS84, always_xy=True)
    except pyproj.exceptions.CRSError as error:
        raise AreaFileError(f"the reference system {system!r} is not known.") from error

    def degrees(points: Points) -> Points:
        return np.round(np.column_stack(transformer.transform(points[:, 0], points[:, 1])), DIGITS)

    return degrees


def _text(found: Found, column: str) -> str:
    value: Any = found.attributes.get(column)
    if value is None or str(value).strip() == "":
        raise AreaFileError(f"an area has no {column!r}; there is {', '.join(sorted(found.attributes))}.")
    return str(value).strip()
