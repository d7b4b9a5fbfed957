"""What lies below the points of a drawing: our own plain outline, or the tiles that were configured, placed for SVG."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import asinh, atan, ceil, degrees, log2, pi, radians, sinh, tan
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from api.web.area_drawing import SIMPLE, WIDTH, Sheet, path_of

OUTLINE = Path(__file__).parent / "static" / "outline.geojson"
TILE = 256.0  # [px] that a tile is wide at most: it is printed sharp
FINEST = 19
LETTERS = {1: 14.0, 2: 12.5}  # [px] of a name by its rank
SMALL = 11.5
WIDE = 0.58  # width of a letter ÷ its height, nearly


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of the ground and its box in a drawing [px]."""

    href: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a place, and how large it is written [px]."""

    text: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Ground:
    """Tiles, or paths by their kind (town, water, river) with names over them."""

    tiles: Sequence[Tile] = ()
    paths: Sequence[tuple[str, str]] = ()
    names: Sequence[Name] = ()


def below(sheet: Sheet, tiles_url: str | None) -> Ground:
    """Give the ground of a drawing: of the tiles {z}, {x} and {y} that were configured, else our own."""
    if tiles_url:
        return Ground(tiles=_tiles(sheet, tiles_url))
    box = shapely.box(0.0, 0.0, WIDTH, sheet.height)
    paths, found = [], []
    for properties, shape in _outline():
        drawn = shapely.intersection(shapely.transform(shape, sheet.placed), box)
        if drawn.is_empty:
            continue
        if drawn.geom_type == "Point":
            found.append((properties, drawn))
        elif path := path_of(shapely.simplify(drawn, SIMPLE)):
            paths.append((str(properties["kind"]), path))
    return Ground(paths=paths, names=_names(sorted(found, key=lambda one: int(one[0]["rank"])), box))


@cache
def _outline() -> Sequence[tuple[dict[str, Any], shapely.geometry.base.BaseGeometry]]:
    features = json.loads(OUTLINE.read_text("utf-8"))["features"]
    return [(one["properties"], shapely.from_geojson(json.dumps(one["geometry"]))) for one in features]


def _names(found: Sequence[tuple[dict[str, Any], shapely.Point]], sheet: shapely.Polygon) -> list[Name]:
    """Write names, the important ones first; one that would lie over another or over the edge is left out."""
    kept: list[Name] = []
    boxes: list[shapely.Polygon] = []
    for properties, point in found:
        size = LETTERS.get(int(properties["rank"]), SMALL)
        half = WIDE * size * len(properties["name"]) / 2
        box = shapely.box(point.x - half, point.y - size, point.x + half, point.y + size)
        if sheet.contains(box) and not any(box.intersects(one) for one in boxes):
            boxes.append(box)
            kept.append(Name(properties["name"], round(point.x, 1), round(point.y, 1), size))
    return kept


def _tiles(sheet: Sheet, url: str) -> list[Tile]:
    """Cover a drawing with tiles of the Web Mercator scheme; within a town their squares stay squares."""
    west, south, east, north = sheet.box()
    zoom = min(max(ceil(log2(360.0 * sheet.narrow * sheet.scale / TILE)), 0), FINEST)
    count = 2**zoom
    columns = range(int(_across(west) * count), min(int(_across(east) * count), count - 1) + 1)
    rows = range(int(_down(north) * count), min(int(_down(south) * count), count - 1) + 1)
    return [_tile(sheet, url, zoom, column, row) for row in rows for column in columns]


def _tile(sheet: Sheet, url: str, zoom: int, column: int, row: int) -> Tile:
    count = 2**zoom
    corners = [
        (360.0 * (column + step) / count - 180.0, degrees(atan(sinh(pi * (1 - 2 * (row + step) / count)))))
        for step in (0, 1)
    ]
    (left, top), (right, bottom) = sheet.placed(np.array(corners)).tolist()
    href = url.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))
    return Tile(href, round(left, 1), round(top, 1), round(right - left, 1) + 0.5, round(bottom - top, 1) + 0.5)


def _across(longitude: float) -> float:
    """Place a longitude in the square of Web Mercator, 0 west to 1 east."""
    return (longitude + 180.0) / 360.0


def _down(latitude: float) -> float:
    """Place a latitude in the square of Web Mercator, 0 north to 1 south."""
    return (1.0 - asinh(tan(radians(latitude))) / pi) / 2.0
