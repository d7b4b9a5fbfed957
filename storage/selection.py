"""Which series somebody means: a filter of place, property and model, and the public rows that it selects."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from storage.rows import Station
from storage.statements import fetch_rows, sql
from storage.stations import Box, box


@dataclass(frozen=True, slots=True)
class SeriesFilter:
    """What a series has to be; None does not limit. Places are public positions, `radius_m` [m] goes with `near`."""

    station_id: str | None = None
    municipality: str | None = None
    area: str | None = None  # the code of an area that holds the public position
    project: str | None = None
    observed_property: str | None = None
    sensor_model: str | None = None
    bbox: Box | None = None
    near: tuple[float, float] | None = None
    radius_m: float | None = None
    include_removed: bool = False


@dataclass(frozen=True, slots=True)
class PublicSeries:
    """A series with what everybody may know of its station; the position is the public one."""

    series_key: int
    station_id: str
    name: str
    latitude: float
    longitude: float
    municipality: str | None
    project: str | None
    simulated: bool
    removed_at: datetime | None
    sensor_name: str
    sensor_model: str
    observed_property: str
    unit: str


@dataclass(frozen=True, slots=True)
class PublicSensor:
    """A sensor with its station's public position, and its series with what each of them measures."""

    first_series_key: int
    station_id: str
    sensor_name: str
    sensor_model: str
    latitude: float
    longitude: float
    municipality: str | None
    project: str | None
    simulated: bool
    observed_properties: list[str]
    series_keys: list[int]


@dataclass(frozen=True, slots=True)
class StationFilter:
    """What a station has to be, as :class:`SeriesFilter` has it; withdrawn ones are never selected."""

    municipality: str | None = None
    project: str | None = None
    area: str | None = None
    bbox: Box | None = None
    near: tuple[float, float] | None = None
    radius_m: float | None = None
    before: datetime | None = None  # registered by then


def select_stations(
    conn: psycopg.Connection, wanted: StationFilter, *, after: str | None = None, limit: int = 1000
) -> list[Station]:
    """List the active stations that fit, by id, those after `after`."""
    parameters: dict[str, Any] = {"municipality": wanted.municipality, "project": wanted.project, "area": wanted.area}
    parameters |= {"before": wanted.before, "after": after, "limit": limit}
    return fetch_rows(conn, Station, "select_stations", {**parameters, **_place(wanted)})


def select_series(
    conn: psycopg.Connection, wanted: SeriesFilter, *, after: int | None = None, limit: int = 1000
) -> list[PublicSeries]:
    """List the series that fit, by key, those after `after`."""
    parameters = asdict(wanted) | _place(wanted) | {"after": after, "limit": limit}
    return fetch_rows(conn, PublicSeries, "select_series", parameters)


def select_sensors(
    conn: psycopg.Connection, wanted: SeriesFilter, *, after: int | None = None, limit: int = 1000
) -> list[PublicSensor]:
    """List the sensors that have a series that fits, by their first series, those after `after`."""
    statement = f"WITH chosen AS (\n{sql('select_series')}\n)\n" + sql("select_sensors")
    parameters = asdict(wanted) | _place(wanted) | {"after": None, "limit": None}
    with conn.cursor(row_factory=class_row(PublicSensor)) as cursor:
        return cursor.execute(statement, {**parameters, "after_series": after, "page": limit}).fetchall()


def _place(wanted: SeriesFilter | StationFilter) -> dict[str, Any]:
    """Name the edges and the circle for the statements; ValueError for `near` without `radius_m` or the reverse."""
    if (wanted.near is None) != (wanted.radius_m is None):
        raise ValueError(f"near and radius_m go together: near={wanted.near}, radius_m={wanted.radius_m}")
    near_lat, near_lon = wanted.near or (None, None)
    return {"near_lat": near_lat, "near_lon": near_lon, "radius_m": wanted.radius_m, **box(wanted.bbox)}
