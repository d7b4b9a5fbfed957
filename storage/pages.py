"""Pages of a series for the API's hottest paths: rows are named tuples, at a third of a dataclass's price."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
import pyarrow as pa

from storage.columns import DAY_PAGE, HOUR_PAGE, LATEST_PAGE, READING_PAGE, fetch_table
from storage.statements import fetch_tuples
from storage.stations import Box, box


class ReadingRow(NamedTuple):
    """One reading; value, its 95 % interval and the calibration are None where none can be given (flags say why)."""

    time: datetime
    raw: float
    value: float | None
    lower: float | None
    upper: float | None
    flags: int
    calibration_id: str | None


class HourRow(NamedTuple):
    """One hour [begin, end); what validation adds is None until it has run or where none can be given.

    As of an earlier time, spread, count and capture are None where other readings have come since.
    """

    begin: datetime
    end: datetime
    raw: float
    raw_min: float | None
    raw_max: float | None
    raw_sd: float | None
    observed_count: int | None
    data_capture: float | None
    value: float | None
    lower: float | None
    upper: float | None
    estimate: float | None
    estimate_lower: float | None
    estimate_upper: float | None
    flags: int
    calibration_id: str | None
    computed_at: datetime


class DayRow(NamedTuple):
    """One day [begin, end) of a time zone, made of its hours; quantiles are those of 5, 25, 50, 75 and 95 %."""

    begin: datetime
    end: datetime
    raw: float
    value: float | None
    lower: float | None
    upper: float | None
    estimate: float | None
    estimate_lower: float | None
    estimate_upper: float | None
    minimum: float | None
    maximum: float | None
    sd: float | None
    quantiles: list[float] | None
    hours: int
    coverage: float
    flags: int
    calibration_ids: list[str]


class LatestRow(NamedTuple):
    """The last reading of a series with its station at the public position [degrees, WGS 84]."""

    station_id: str
    name: str
    latitude: float
    longitude: float
    municipality: str | None
    project: str | None
    simulated: bool
    series_key: int
    sensor_name: str
    sensor_model: str
    observed_property: str
    unit: str
    time: datetime
    raw: float
    value: float | None
    lower: float | None
    upper: float | None
    flags: int
    calibration_id: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a series: begin <= time < end, after the last of the page before, with and without some flags."""

    series_key: int
    begin: datetime
    end: datetime
    after: datetime | None = None
    limit: int = 1000
    any_of: int = 0  # mask: rows with at least one of these; 0 does not limit
    none_of: int = 0
    as_of: datetime | None = None  # of hours only: what was published at this time; None is what stands

    def parameters(self) -> dict[str, Any]:
        """Name the fields for the statements."""
        return {name: getattr(self, name) for name in self.__slots__}


def readings(conn: psycopg.Connection, window: Window) -> list[ReadingRow]:
    """Fetch a page of readings, oldest first."""
    return fetch_tuples(conn, ReadingRow._make, "page_readings", window.parameters())


def reading_table(conn: psycopg.Connection, window: Window) -> pa.Table:
    """Fetch a page of readings as columns."""
    return fetch_table(conn, "page_readings", READING_PAGE, window.parameters())


def hours(conn: psycopg.Connection, window: Window) -> list[HourRow]:
    """Fetch a page of hours, oldest first."""
    return fetch_tuples(conn, HourRow._make, _hour_statement(window), window.parameters())


def hour_table(conn: psycopg.Connection, window: Window) -> pa.Table:
    """Fetch a page of hours as columns."""
    return fetch_table(conn, _hour_statement(window), HOUR_PAGE, window.parameters())


def _hour_statement(window: Window) -> str:
    return "page_hours" if window.as_of is None else "page_hours_as_of"


def days(conn: psycopg.Connection, window: Window, *, zone: str) -> list[DayRow]:
    """Fetch a page of days of a time zone that PostgreSQL knows, oldest first; the window's flags are not looked at."""
    return fetch_tuples(conn, DayRow._make, "page_days", {**window.parameters(), "zone": zone})


def day_table(conn: psycopg.Connection, window: Window, *, zone: str) -> pa.Table:
    """Fetch a page of days as columns; arrays are text as PostgreSQL writes it."""
    return fetch_table(conn, "page_days", DAY_PAGE, {**window.parameters(), "zone": zone})


@dataclass(frozen=True, slots=True)
class LatestWanted:
    """Whose last readings: of a property, a station, and a place; what is None does not count."""

    observed_property: str | None = None
    station_id: str | None = None
    municipality: str | None = None
    area: str | None = None  # the code of an area that holds the public position
    bbox: Box | None = None
    limit: int = 10_000

    def parameters(self) -> dict[str, Any]:
        """Give what the statement asks for."""
        mine = {
            name: getattr(self, name) for name in ("observed_property", "station_id", "municipality", "area", "limit")
        }
        return {**mine, **box(self.bbox)}


def latest(conn: psycopg.Connection, wanted: LatestWanted) -> list[LatestRow]:
    """Fetch the last reading of each series of the active stations, by station."""
    return fetch_tuples(conn, LatestRow._make, "page_latest", wanted.parameters())


def latest_table(conn: psycopg.Connection, wanted: LatestWanted) -> pa.Table:
    """Fetch the same as columns."""
    return fetch_table(conn, "page_latest", LATEST_PAGE, wanted.parameters())
