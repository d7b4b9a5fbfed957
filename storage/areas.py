"""Areas that people count by: their outlines in, and out of them places and what was measured there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from storage.statements import fetch_row, fetch_rows, sql
from storage.stations import Box, box

Ring = Sequence[tuple[float, float]]
"""(longitude, latitude) [degrees, WGS 84] of its corners."""


@dataclass(frozen=True, slots=True)
class NewArea:
    """An area to keep: `geometry` is its outline as GeoJSON text, `rings` the same as rings, holes among them."""

    code: str
    name: str
    kind: str
    bounds: Box
    geometry: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """An area as kept; its outline as GeoJSON text where that was asked for."""

    code: str
    name: str
    kind: str
    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float
    source: str
    loaded_at: datetime
    geometry: str | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the stations of an area measured; all but the counts are None where none did. `half` is a half width."""

    stations: int
    measuring: int
    unit: str | None
    median: float | None
    mean: float | None
    sd: float | None
    minimum: float | None
    maximum: float | None
    quantiles: list[float] | None
    half: float | None
    hours: int


def store(conn: psycopg.Connection, areas: Sequence[NewArea], *, source: str, at: datetime) -> None:
    """Add areas with their outlines; those with a known code are replaced."""
    columns: dict[str, Any] = {
        name: [getattr(one, name) for one in areas] for name in ("code", "name", "kind", "geometry")
    }
    for position, name in enumerate(("min_lon", "min_lat", "max_lon", "max_lat")):
        columns[name] = [one.bounds[position] for one in areas]
    rings = [(one.code, _polygon(ring)) for one in areas for ring in one.rings]
    columns |= {"ring_code": [code for code, _ in rings], "ring": [ring for _, ring in rings]}
    conn.execute(sql("clear_area_rings"), {"code": columns["code"]})
    conn.execute(sql("store_areas"), {**columns, "source": source, "loaded_at": at})


def select_areas(
    conn: psycopg.Connection,
    *,
    code: str | None = None,
    kind: str | None = None,
    bbox: Box | None = None,
    near: tuple[float, float] | None = None,
    after: str | None = None,
    limit: int = 1000,
    with_geometry: bool = True,
) -> list[Area]:
    """List areas by code, those after `after`: whose box meets `bbox`, and that hold the point `near` (lat, lon)."""
    near_lat, near_lon = near or (None, None)
    wanted = {"code": code, "kind": kind, "after": after, "limit": limit, "with_geometry": with_geometry}
    return fetch_rows(conn, Area, "list_areas", {**wanted, "near_lat": near_lat, "near_lon": near_lon, **box(bbox)})


def find_area(conn: psycopg.Connection, code: str) -> Area | None:
    """Return an area with its outline."""
    return next(iter(select_areas(conn, code=code, limit=1)), None)


def statistics(
    conn: psycopg.Connection, code: str, observed_property: str, begin: datetime, end: datetime, *, fail: int
) -> Statistics:
    """Sum up the hours in [begin, end) of the active stations in an area; hours with a flag of `fail` do not count."""
    wanted = {"code": code, "observed_property": observed_property, "begin": begin, "end": end, "fail": fail}
    found = fetch_row(conn, Statistics, "area_statistics", wanted)
    assert found is not None  # noqa: S101  # an aggregate without GROUP BY always returns its row
    return found


def _polygon(ring: Ring) -> str:
    """Write a ring as PostgreSQL reads a polygon."""
    return "(" + ",".join(f"({x!r},{y!r})" for x, y in ring) + ")"
