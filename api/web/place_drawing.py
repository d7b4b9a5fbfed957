"""Points on a map in a page that runs no script: placed for SVG, with an outline around them and the ground below."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from api.web.area_drawing import SIMPLE, Sheet, path_of
from api.web.ground import Ground, below


@dataclass(frozen=True, slots=True)
class Places:
    """Points in a drawing in the order they came, the outline around them, and what lies below."""

    points: Sequence[tuple[float, float]]
    outline: str
    height: float
    ground: Ground


def places(
    points: Sequence[tuple[float, float]], outline: str | None, *, tiles_url: str | None = None
) -> Places | None:
    """Draw points (longitude, latitude) and around them an outline as GeoJSON; None where there is neither."""
    shape = shapely.from_geojson(outline) if outline else shapely.Polygon()
    marks = shapely.MultiPoint(points)  # one may lie a little outside the outline
    if shape.is_empty and marks.is_empty:
        return None
    west, south, east, north = shapely.total_bounds([shape, marks]).tolist()
    margin = 0.05 * max(east - west, north - south, 0.02)  # a lone station has no box
    sheet = Sheet.of(west - margin, south - margin, east + margin, north + margin)
    drawn = sheet.placed(np.array(points, float).reshape(-1, 2)).round(1).tolist()
    path = path_of(shapely.simplify(shapely.transform(shape, sheet.placed), SIMPLE)) if outline else ""
    return Places([(x, y) for x, y in drawn], path, sheet.height, below(sheet, tiles_url))
