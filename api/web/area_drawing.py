"""Drawings of an area as numbers for SVG: outlines, a line with its interval, a rose; writes no HTML itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, log10, pi, radians, sin
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely

from api.overlap import overlapping

Floats = npt.NDArray[np.float64]

WIDTH = 640.0
MAP_HEIGHT = 460.0
PLOT_HEIGHT = 220.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 14.0, 30.0
SIMPLE = 0.6  # [px]; finer than that nobody sees


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline in a drawing: its path, a point inside for its number."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """Outlines in one drawing, how high it is [px], and the pairs of codes that lie over each other."""

    shapes: Sequence[Shape]
    height: float
    overlaps: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of a scale with its number."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Plot:
    """A line over time or hours: paths in a box of width × height, ticks of the value, labels below, levels across."""

    line: str
    band: str
    ticks: Sequence[Tick]
    labels: Sequence[tuple[float, str]]
    levels: Sequence[tuple[float, str]]
    width: float = WIDTH
    height: float = PLOT_HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    bottom: float = PLOT_HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Petal:
    """A direction of a rose."""

    sector: int
    path: str
    value: float
    hours: int
    speed: float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """How degrees become pixels: equal lengths in both directions at the middle of the box."""

    west: float
    north: float
    narrow: float
    scale: float
    margin: float
    height: float

    @classmethod
    def of(cls, west: float, south: float, east: float, north: float) -> Self:
        """Fit a box of degrees into the width and height of a map."""
        narrow = cos(radians((south + north) / 2))  # a degree of longitude is shorter
        scale = min(WIDTH / max((east - west) * narrow, 1e-9), MAP_HEIGHT / max(north - south, 1e-9)) * 0.98
        margin = (WIDTH - (east - west) * narrow * scale) / 2
        return cls(west, north, narrow, scale, margin, ceil((north - south) * scale) + 8.0)

    def placed(self, points: Floats) -> Floats:
        """Place points (N,2) of longitude and latitude."""
        x = self.margin + (points[:, 0] - self.west) * self.narrow * self.scale
        return np.column_stack((x, 4 + (self.north - points[:, 1]) * self.scale))

    def box(self) -> tuple[float, float, float, float]:
        """Give west, south, east, north of the whole drawing, with its margins [degrees]."""
        across = self.narrow * self.scale
        west, north = self.west - self.margin / across, self.north + 4 / self.scale
        return west, north - self.height / self.scale, west + WIDTH / across, north


def shapes(outlines: Sequence[tuple[str, str]]) -> Drawn:
    """Draw outlines (code, GeoJSON in degrees) to one scale, the largest first: a smaller one stays seen on it."""
    if not outlines:
        return Drawn([], 0.0, [])
    parts = np.array(shapely.from_geojson([text for _, text in outlines]), dtype=object)
    sheet = Sheet.of(*shapely.total_bounds(parts))
    drawn = shapely.simplify(shapely.transform(parts, sheet.placed), SIMPLE)
    inside = shapely.get_coordinates(shapely.point_on_surface(drawn))
    found = [
        Shape(outlines[at][0], path_of(drawn[at]), *inside[at].round(1).tolist())
        for at in np.argsort(-shapely.area(drawn), kind="stable")
    ]
    maybe = overlapping(shapely.make_valid(drawn))  # few corners each: quick, and slivers of the drawing among them
    shared = [pair for pair in maybe if overlapping(parts[list(pair)])]
    return Drawn(found, sheet.height, [(outlines[one][0], outlines[other][0]) for one, other in shared])


def path_of(shape: shapely.geometry.base.BaseGeometry) -> str:
    """Write rings and lines as the path of an SVG, rounded to a tenth of a pixel."""
    pieces = []
    for part in shapely.get_parts(shape):
        closed = part.geom_type == "Polygon"
        lines = shapely.get_rings(part) if closed else [part] if part.geom_type == "LineString" else []
        for line in lines:
            points = "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(line))
            pieces.append(f"M{points}{'Z' if closed else ''}")
    return "".join(pieces)


def plot(
    values: Sequence[float | None],
    *,
    labels: Sequence[tuple[int, str]],
    halves: Sequence[float | None] = (),
    levels: Sequence[tuple[float, str]] = (),
    width: float = WIDTH,
) -> Plot | None:
    """Draw values at equal distances, with gaps, an interval of ± `halves`, and levels; None where there is nothing."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    widths = halves or [0.0] * len(values)
    top = max(value + (half or 0.0) for value, half in zip(values, widths, strict=True) if value is not None)
    ticks = _round_ticks(max(top, *(level for level, _ in levels), 1.0))
    step = (width - LEFT - RIGHT) / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return round(PLOT_HEIGHT - BOTTOM - (PLOT_HEIGHT - BOTTOM - TOP) * max(value, 0.0) / ticks[-1], 1)

    def x(index: int) -> float:
        return round(LEFT + index * step, 1)

    return Plot(
        line="".join(_runs([(x(i), y(v)) if v is not None else None for i, v in enumerate(values)])),
        band=_band(values, widths, x, y),
        ticks=[Tick(y(value), value) for value in ticks],
        labels=[(x(index), text) for index, text in labels],
        levels=[(y(value), text) for value, text in levels],
        width=width,
        right=width - RIGHT,
    )


def _runs(points: Sequence[tuple[float, float] | None]) -> list[str]:
    """Join points to lines; where one is missing the line ends, and one alone is a dash that is seen."""
    pieces: list[str] = []
    open_run = False
    for index, point in enumerate(points):
        if point is None:
            open_run = False
            continue
        pieces.append(f"{'L' if open_run else 'M'}{point[0]} {point[1]}")
        alone = not open_run and (index + 1 == len(points) or points[index + 1] is None)
        pieces.append("h1.5" if alone else "")
        open_run = True
    return pieces


def _band(
    values: Sequence[float | None],
    halves: Sequence[float | None],
    x: Callable[[int], float],
    y: Callable[[float], float],
) -> str:
    pieces, run = [], list[tuple[int, float, float]]()
    for index, (value, half) in enumerate(zip((*values, None), (*halves, None), strict=True)):
        if value is not None and half:
            run.append((index, value + half, value - half))
            continue
        if len(run) > 1:
            there = "L".join(f"{x(i)} {y(high)}" for i, high, _ in run)
            back = "L".join(f"{x(i)} {y(low)}" for i, _, low in reversed(run))
            pieces.append(f"M{there}L{back}Z")
        run = []
    return "".join(pieces)


def _round_ticks(top: float) -> list[float]:
    """Give four to six round values from 0 to above `top`."""
    rough = top / 4
    size = 10 ** floor(log10(rough))
    step = next(size * each for each in (1, 2, 2.5, 5, 10) if size * each >= rough)
    return [index * step for index in range(ceil(top / step) + 1)]


def rose(found: Sequence[tuple[int, float, int, float | None]], *, sectors: int, radius: float) -> Sequence[Petal]:
    """Draw sectors (number, value, hours, speed) around (0, 0), north up: the longer the higher the value."""
    if not found:
        return []
    top = max(value for _, value, _, _ in found)
    half = pi / sectors * 0.86
    petals = []
    for sector, value, hours, speed in found:
        middle, reach = 2 * pi * sector / sectors, radius * max(value, 0.0) / max(top, 1e-9)
        (x0, y0), (x1, y1) = ((reach * sin(a), -reach * cos(a)) for a in (middle - half, middle + half))
        path = f"M0 0L{x0:.1f} {y0:.1f}A{reach:.1f} {reach:.1f} 0 0 1 {x1:.1f} {y1:.1f}Z"
        petals.append(Petal(sector, path, value, hours, speed))
    return petals
