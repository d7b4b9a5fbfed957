"""Reference systems of places: degrees as stored, and what a caller may have instead (OGC 18-058r1).

Without PROJ's grids, which are not shipped, RD (EPSG:28992) is within 0.25 m of RDNAPTRANS; public positions are
displaced by up to 100 m anyway.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pyproj
from pydantic import Field

from api.errors import BadParameterError

Points = npt.NDArray[np.float64]
Bounds = tuple[float, float, float, float]

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
SYSTEMS: Mapping[str, str] = {
    CRS84: "OGC:CRS84",
    _EPSG + "4326": "EPSG:4326",
    _EPSG + "28992": "EPSG:28992",
    _EPSG + "4258": "EPSG:4258",
    _EPSG + "3857": "EPSG:3857",
}
"""Address → PROJ's name: longitude and latitude of WGS 84, the same the other way round, RD, ETRS89, web maps."""

DIGITS = {"OGC:CRS84": 6, "EPSG:4326": 6, "EPSG:4258": 6, "EPSG:28992": 2, "EPSG:3857": 2}

USABLE: Mapping[str, Bounds] = {"EPSG:28992": (-200_000.0, 100_000.0, 500_000.0, 800_000.0)}
"""Where a projection still says something [m]: far outside PROJ gives numbers that are no place."""

METRES = ("EPSG:28992", "EPSG:3857")
"""Systems of metres: GIS programs take numbers for degrees unless the file itself names one of these."""

CrsParameter = Annotated[str, Field(max_length=200, json_schema_extra={"enum": list(SYSTEMS)})]


def known(address: str, parameter: str) -> str:
    """Give PROJ's name of a system; BadParameterError lists those that there are."""
    if address not in SYSTEMS:
        raise BadParameterError(parameter, f"'{address}' is not one of {', '.join(SYSTEMS)}.")
    return SYSTEMS[address]


def member(address: str) -> dict[str, Any]:
    """Give what a GeoJSON document says of its system: the member of GeoJSON 2008, which GDAL, QGIS and geopandas read.

    RFC 7946 (section 4) leaves other systems to agreement, and here somebody asked; in degrees nothing is said.
    """
    name = SYSTEMS[address]
    urn = "urn:ogc:def:crs:" + name.replace(":", "::")
    return {"crs": {"type": "name", "properties": {"name": urn}}} if name in METRES else {}


def points(found: Points, system: str) -> Points:
    """Turn (longitude, latitude), shape (n, 2), to a system, in the order of its own axes."""
    if system == "OGC:CRS84":
        return found
    first, second = _transformer(system).transform(found[:, 0], found[:, 1])
    return np.round(np.column_stack((first, second)), DIGITS[system])


def geometry(found: dict[str, Any], system: str) -> dict[str, Any]:
    """Turn a GeoJSON geometry to a system."""
    if system == "OGC:CRS84":
        return found
    return {**found, "coordinates": _turned(found["coordinates"], system)}


def bounds(corners: Bounds, system: str, parameter: str) -> Bounds:
    """Give the box of degrees around a box in a system; BadParameterError where it is not on Earth."""
    if system == "OGC:CRS84":
        return corners
    if corners[0] > corners[2] or (system in METRES and corners[1] > corners[3]):
        raise BadParameterError(parameter, "the corners of this box are in the wrong order: write minX,minY,maxX,maxY.")
    left, bottom, right, top = USABLE.get(system, (-1e9, -1e9, 1e9, 1e9))
    if corners[0] < left or corners[1] < bottom or corners[2] > right or corners[3] > top:
        raise _outside(parameter)
    try:
        west, south, east, north = _transformer(system).transform_bounds(*corners, direction="INVERSE")
    except pyproj.exceptions.ProjError as error:
        raise _outside(parameter) from error
    if not all(np.isfinite((west, south, east, north))):
        raise _outside(parameter)
    return west, south, east, north


def _outside(parameter: str) -> BadParameterError:
    return BadParameterError(parameter, "this box is outside the area that its reference system is for.")


def _turned(coordinates: list[Any], system: str) -> list[Any]:
    """Turn nested lists of points."""
    if coordinates and isinstance(coordinates[0][0], int | float):
        turned: list[Any] = points(np.array(coordinates, np.float64), system).tolist()
        return turned
    return [_turned(part, system) for part in coordinates]


@cache
def _transformer(system: str) -> pyproj.Transformer:
    """Give the way from CRS84 to a system, whose axes keep their official order."""
    return pyproj.Transformer.from_crs("OGC:CRS84", system)
