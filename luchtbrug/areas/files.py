"""Reads features from GeoJSON and GeoPackage files: attributes and shapes as they stand there, and their system."""

import json
import sqlite3
import struct
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from luchtbrug.areas.errors import AreaFileError

WGS84 = "OGC:CRS84"
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
"""Envelope indicator of a GeoPackage geometry → its size [bytes] (OGC 12-128r18, 2.1.3)."""


@dataclass(frozen=True, slots=True)
class Found:
    """One feature of a file: its attributes, with names in lower case, its shape, and the system of that."""

    attributes: Mapping[str, Any]
    shape: BaseGeometry
    system: str


def features(path: Path, layer: str | None = None) -> Iterator[Found]:
    """Read all features of a file, of one layer where a GeoPackage has several.

    Raises AreaFileError, which says what is wrong with the file or which layers there are.
    """
    with path.open("rb") as stream:
        begin = stream.read(16)
    if begin.startswith(b"SQLite format 3"):
        return _of_geopackage(path, layer)
    return _of_geojson(path)


def _of_geojson(path: Path) -> Iterator[Found]:
    try:
        document = json.loads(path.read_bytes())
        system = document.get("crs", {}).get("properties", {}).get("name", WGS84)  # GeoJSON of 2008 had one
        for feature in document["features"]:
            if feature["geometry"] is not None:
                shape = shapely.from_geojson(json.dumps(feature["geometry"]))
                yield Found(_lower(feature["properties"] or {}), shape, str(system))
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.GEOSException) as error:
        raise AreaFileError(f"{path} is no GeoJSON FeatureCollection: {error}.") from error


def _of_geopackage(path: Path, layer: str | None) -> Iterator[Found]:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
            conn.row_factory = sqlite3.Row
            table, column, system = _layer(conn, path, layer)
            for row in conn.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  # a name that the file itself lists
                attributes = _lower(dict(row))
                blob = attributes.pop(column.lower())
                if blob is not None:
                    yield Found(attributes, _shape(blob), system)
    except (sqlite3.Error, struct.error, shapely.errors.GEOSException) as error:
        raise AreaFileError(f"{path} is no GeoPackage that can be read: {error}.") from error


def _layer(conn: sqlite3.Connection, path: Path, wanted: str | None) -> tuple[str, str, str]:
    """Find table, geometry column and reference system of the wanted layer, or of the only one."""
    rows = conn.execute(
        "SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id "
        "FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s USING (srs_id) ORDER BY g.table_name"
    ).fetchall()
    names = [str(row[0]) for row in rows]
    chosen = wanted if wanted is not None else names[0] if len(names) == 1 else None
    if chosen not in names:
        said = f"no layer {wanted!r}" if wanted else "several layers"
        raise AreaFileError(f"{path} has {said}: choose one with --layer, of {', '.join(names)}.")
    table, column, organization, number = rows[names.index(chosen)]
    return table, column, f"{organization}:{number}"


def _shape(blob: bytes) -> BaseGeometry:
    """Read the standard's header (magic, version, flags, system, envelope) and the well-known binary behind it."""
    magic, _, flags = struct.unpack_from("2sBB", blob)
    if magic != b"GP":
        raise AreaFileError("a geometry does not begin with GP: this is not a GeoPackage's.")
    return shapely.from_wkb(blob[8 + _ENVELOPES.get(flags >> 1 & 7, 0) :])


def _lower(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in attributes.items()}
