"""What was measured in an area and in those that lie in it: by neighbourhood, day, hour of the week, wind, station."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
import pyarrow as pa

from storage.areas import Area
from storage.columns import fetch_table
from storage.statements import fetch_rows, fetch_tuples, sql
from storage.stations import Box, box

STATION_HOURS = pa.schema(
    {
        "station_id": pa.string(),
        "latitude": pa.float64(),
        "longitude": pa.float64(),
        "local_hour": pa.int64(),  # hours since 1970 on the clock of the place
        "value": pa.float32(),
        "half": pa.float32(),
    }
)
"""The columns of `area_hours`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what and when: hours in [begin, end) without a flag of `fail`; days and hours are those of `zone`."""

    observed_property: str
    begin: datetime
    end: datetime
    fail: int
    zone: str = "Europe/Amsterdam"

    def parameters(self) -> dict[str, Any]:
        """Name the fields for the statements."""
        return {name: getattr(self, name) for name in self.__slots__}


class Overview(NamedTuple):
    """What the stations of one area measured together; `half` is their mean half width."""

    code: str
    stations: int
    measuring: int
    median: float | None
    sd: float | None
    half: float | None
    hours: int


class AreaDay(NamedTuple):
    """A local day of an area: over its stations with enough hours."""

    day: date
    stations: int
    median: float
    sd: float | None
    half: float


class WeekHour(NamedTuple):
    """An hour of the week (weekday 1 is Monday) and the mean of so many of them."""

    weekday: int
    hour: int
    value: float
    hours: int


class WindHour(NamedTuple):
    """An hour with the direction that the wind came from [degrees, -180..180] and its speed [m/s]."""

    begin: datetime
    value: float
    direction: float
    speed: float | None


class Figure(NamedTuple):
    """A joined column: its name, the file, and of how many areas it says something."""

    figure: str
    source: str
    areas: int


def children(conn: psycopg.Connection, code: str, kind: str, *, limit: int = 2000) -> list[Area]:
    """List the areas of a kind that lie in an area, with their outlines."""
    return fetch_rows(conn, Area, "area_children", {"code": code, "kind": kind, "limit": limit})


def overview(conn: psycopg.Connection, codes: Sequence[str], asked: Asked) -> list[Overview]:
    """Sum up each of some areas, by code."""
    return fetch_tuples(conn, Overview._make, "area_overview", {"codes": list(codes), **asked.parameters()})


def days(conn: psycopg.Connection, code: str, asked: Asked, *, least_hours: int) -> list[AreaDay]:
    """List the days of an area, of stations with `least_hours` in a day."""
    return fetch_tuples(
        conn, AreaDay._make, "area_days", {"code": code, "least_hours": least_hours, **asked.parameters()}
    )


def week(conn: psycopg.Connection, code: str, asked: Asked, *, least_stations: int) -> list[WeekHour]:
    """Average the hours of the week in an area."""
    wanted = {"code": code, "least_stations": least_stations, **asked.parameters()}
    return fetch_tuples(conn, WeekHour._make, "area_pattern", wanted)


def wind(conn: psycopg.Connection, code: str, asked: Asked, *, least_stations: int) -> list[WindHour]:
    """List the hours of an area in which somebody near it measured the wind."""
    wanted = {"code": code, "least_stations": least_stations, **asked.parameters()}
    return fetch_tuples(conn, WindHour._make, "area_wind", wanted)


def station_hours(conn: psycopg.Connection, around: Box, asked: Asked, *, none_of: int) -> pa.Table:
    """Fetch the hours of all stations in a box as columns, those with a flag of `none_of` left out."""
    return fetch_table(conn, "area_hours", STATION_HOURS, {"none_of": none_of, **box(around), **asked.parameters()})


def stations(conn: psycopg.Connection, code: str) -> dict[str, str]:
    """Map the ids of the stations in an area to their names."""
    return dict(conn.execute(sql("stations_of_area"), {"code": code}).fetchall())


def join_figure(
    conn: psycopg.Connection, figure: str, values: Sequence[tuple[str, float]], *, source: str, at: datetime
) -> None:
    """Keep a figure of areas (code, value); what was kept under its name goes."""
    conn.execute(sql("clear_area_figure"), {"figure": figure})
    columns = {"codes": [code for code, _ in values], "values": [value for _, value in values]}
    conn.execute(sql("store_area_figures"), {"figure": figure, "source": source, "loaded_at": at, **columns})


def figures(conn: psycopg.Connection) -> list[Figure]:
    """List the figures that were joined."""
    return fetch_tuples(conn, Figure._make, "list_area_figures", {})


def figure_of(conn: psycopg.Connection, figure: str, codes: Sequence[str]) -> dict[str, float]:
    """Map codes to a figure, of those that have it."""
    return dict(conn.execute(sql("area_figures"), {"figure": figure, "codes": list(codes)}).fetchall())
