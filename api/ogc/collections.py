"""The collections: what each is, and how its features come out of storage."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from psycopg import Connection

from api.ogc import crs
from storage import areas, references
from storage.areas import Area
from storage.rows import ReferenceStation, Station
from storage.selection import StationFilter, select_stations
from storage.stations import Box, find_station

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which features: in a box, there at some of a time, those after an id, in a system."""

    bbox: Box | None
    until: datetime | None
    after: str | None
    limit: int
    system: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One collection."""

    title: str
    description: str
    list: Callable[[Connection[Any], Wanted], list[Item]]
    find: Callable[[Connection[Any], str, str], Item | None]
    timed: bool = False  # whether its features have a time, which `datetime` then chooses by


def _stations(conn: Connection[Any], wanted: Wanted) -> list[Item]:
    rows = select_stations(
        conn, StationFilter(bbox=wanted.bbox, before=wanted.until), after=wanted.after, limit=wanted.limit
    )
    return _placed(rows, [_of_station(row) for row in rows], wanted.system)


def _station(conn: Connection[Any], key: str, system: str) -> Item | None:
    row = find_station(conn, key)
    return None if row is None or row.removed_at else _placed([row], [_of_station(row)], system)[0]


def _references(conn: Connection[Any], wanted: Wanted) -> list[Item]:
    found = references.list_stations(conn, bbox=wanted.bbox)
    rows = [row for row in found if wanted.after is None or row.reference_station_id > wanted.after][: wanted.limit]
    return _placed(rows, [_of_reference(row) for row in rows], wanted.system)


def _reference(conn: Connection[Any], key: str, system: str) -> Item | None:
    rows = [row for row in references.list_stations(conn) if row.reference_station_id == key]
    return next(iter(_placed(rows, [_of_reference(row) for row in rows], system)), None)


def _areas(conn: Connection[Any], wanted: Wanted) -> list[Item]:
    rows = areas.select_areas(conn, bbox=wanted.bbox, after=wanted.after, limit=wanted.limit)
    return [_of_area(row, wanted.system) for row in rows]


def _area(conn: Connection[Any], key: str, system: str) -> Item | None:
    row = areas.find_area(conn, key)
    return _of_area(row, system) if row else None


KINDS: Mapping[str, Kind] = {
    "stations": Kind(
        "Citizen stations",
        "Active stations at their public positions, displaced by up to 100 m.",
        _stations,
        _station,
        timed=True,
    ),
    "reference-stations": Kind(
        "Official stations", "Stations of the official network, which calibration rests on.", _references, _reference
    ),
    "areas": Kind("Areas", "Municipalities, districts and neighbourhoods that statistics are made for.", _areas, _area),
}


def _of_station(row: Station) -> Item:
    return {
        "stationId": row.station_id,
        "name": row.name,
        "municipality": row.municipality,
        "project": row.project,
        "simulated": row.simulated,
        "createdAt": row.created_at,
    }


def _of_reference(row: ReferenceStation) -> Item:
    return {
        "referenceStationId": row.reference_station_id,
        "name": row.name,
        "network": row.network,
        "siteType": row.site_type,
    }


def _of_area(row: Area, system: str) -> Item:
    outline = crs.geometry(json.loads(row.geometry or "null"), system)
    return _feature(row.code, outline, {"code": row.code, "name": row.name, "kind": row.kind})


def _placed(rows: Sequence[Station | ReferenceStation], properties: Sequence[Item], system: str) -> list[Item]:
    """Make point features; the first property is the id."""
    degrees = np.array([(row.longitude, row.latitude) for row in rows], np.float64).reshape(-1, 2)
    return [
        _feature(next(iter(item.values())), {"type": "Point", "coordinates": place}, item)
        for place, item in zip(crs.points(degrees, system).tolist(), properties, strict=True)
    ]


def _feature(key: str, geometry: Item, properties: Item) -> Item:
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": properties}
