"""Lay out what validation needs: hours × stations and hours × references of one observed property, from any source."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import psycopg

import storage.hours
import storage.references
import storage.series
from ingest.reference.units import MICROGRAM_PER_PPB
from storage.rows import RawHours, ReferenceHours, ReferenceStation, SeriesPosition
from validation.look import CROSS_SENSITIVE
from validation.network import Network
from validation.weather import WEATHER

Floats = npt.NDArray[np.float64]

CALIBRATED = ("pm2_5", "pm10", "no2", "o3", *WEATHER)
"""Observed properties with an official counterpart; weather is left as it is where no network gives it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A network, and the series key and sensor name of each of its columns."""

    network: Network
    series_key: npt.NDArray[np.int64]
    sensor_name: tuple[str, ...]


class Source(Protocol):
    """Where hours come from: the database, or files."""

    def positions(self, observed_properties: Collection[str]) -> list[SeriesPosition]:
        """List the series of some properties in the order of their keys."""

    def stations(self) -> list[ReferenceStation]:
        """List the official stations by id."""

    def raw_hours(self, observed_properties: Collection[str], begin: datetime, end: datetime) -> RawHours:
        """Give the raw hourly means in [begin, end)."""

    def reference_hours(self, observed_property: str, begin: datetime, end: datetime) -> ReferenceHours:
        """Give the official hours in [begin, end), the newest revision of each."""


@dataclass(frozen=True, slots=True)
class Database:
    """The source that a running platform has."""

    conn: psycopg.Connection[Any]

    def positions(self, observed_properties: Collection[str]) -> list[SeriesPosition]:
        """List the active stations' series, at their exact positions."""
        return storage.series.series_positions(self.conn, observed_properties)

    def stations(self) -> list[ReferenceStation]:
        """List the official stations by id."""
        return storage.references.list_stations(self.conn)

    def raw_hours(self, observed_properties: Collection[str], begin: datetime, end: datetime) -> RawHours:
        """Fetch the raw hourly means in [begin, end)."""
        return storage.hours.raw_hours(self.conn, observed_properties, begin, end)

    def reference_hours(self, observed_property: str, begin: datetime, end: datetime) -> ReferenceHours:
        """Fetch the official hours in [begin, end)."""
        return storage.references.hours(self.conn, observed_property, begin, end)


def property_names(observed_property: str) -> tuple[str, ...]:
    """Name the properties whose hours validate one: itself first, then gases that it reacts to, weather."""
    return observed_property, *CROSS_SENSITIVE.get(observed_property, ()), "relative_humidity", "temperature"


def fetch_network(
    conn: psycopg.Connection[Any], observed_property: str, *, begin: datetime, end: datetime
) -> Fetched | None:
    """Do as :func:`lay_out` with what the database holds."""
    return lay_out(Database(conn), observed_property, begin=begin, end=end)


def lay_out(source: Source, observed_property: str, *, begin: datetime, end: datetime) -> Fetched | None:
    """Read the hours in [begin, end) of one property; None when no series or no reference of it exists.

    The series of a station share its relative humidity and temperature; gases come with the property they react to.
    """
    wanted = (observed_property, *CROSS_SENSITIVE.get(observed_property, ()))
    positions = source.positions(property_names(observed_property))
    own = [row for row in positions if row.observed_property == observed_property]
    stations = source.stations()
    if not own or not stations or not _is_given(source, observed_property, begin, end):
        return None
    grid = _Grid.of(source, positions, wanted, begin, end)
    reference = grid.references(source, observed_property, stations)
    seen = np.flatnonzero(np.isfinite(reference).any(axis=0))
    network = Network(
        hours=grid.hours,
        raw=grid.columns([row.series_key for row in own]),
        spread=grid.spread[:, [grid.column[row.series_key] for row in own]],
        relative_humidity=grid.of_stations(own, "relative_humidity"),
        temperature=grid.of_stations(own, "temperature"),
        latitude=np.array([row.latitude for row in own]),
        longitude=np.array([row.longitude for row in own]),
        sensor_model=tuple(row.sensor_model for row in own),
        station_id=tuple(row.station_id for row in own),
        reference=reference[:, seen],
        reference_latitude=np.array([row.latitude for row in stations])[seen],
        reference_longitude=np.array([row.longitude for row in stations])[seen],
        reference_id=tuple(stations[index].reference_station_id for index in seen),
        observed_property=observed_property,
        other_raw={name: grid.of_stations(own, name) for name in CROSS_SENSITIVE.get(observed_property, ())},
    )
    keys = np.array([row.series_key for row in own], np.int64)
    return Fetched(network, keys, tuple(row.sensor_name for row in own))


def _is_given(source: Source, observed_property: str, begin: datetime, end: datetime) -> bool:
    """Tell whether a property of the weather has official hours; for the air a calibration says so itself."""
    known = observed_property not in WEATHER
    return known or bool(len(source.reference_hours(observed_property, begin, end).value))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Raw hours as a dense matrix, one column a series; NaN where there is none."""

    hours: npt.NDArray[np.datetime64]
    raw: Floats
    spread: Floats
    column: dict[int, int]
    positions: list[SeriesPosition]

    @classmethod
    def of(
        cls,
        source: Source,
        positions: list[SeriesPosition],
        wanted: tuple[str, ...],
        begin: datetime,
        end: datetime,
    ) -> "_Grid":
        hours = hour_range(begin, end)
        rows = source.raw_hours([*wanted, "relative_humidity", "temperature"], begin, end)
        column = {row.series_key: index for index, row in enumerate(positions)}
        raw, spread = np.full((2, hours.size, len(positions)), np.nan)
        keys = np.array([column.get(int(key), -1) for key in np.unique(rows.series_key)], np.int64)
        index = keys[np.searchsorted(np.unique(rows.series_key), rows.series_key)] if rows.series_key.size else keys
        known = index >= 0
        cells = hour_index(rows.begin, hours)[known], index[known]
        raw[cells], spread[cells] = rows.raw[known], rows.spread[known]
        return cls(hours, raw, spread, column, positions)

    def columns(self, keys: list[int]) -> Floats:
        return self.raw[:, [self.column[key] for key in keys]]

    def of_stations(self, own: list[SeriesPosition], observed_property: str) -> Floats:
        """Return that property as the station of each series measures it (its first sensor that does), or NaN."""
        first: dict[str, int] = {}
        for row in self.positions:
            if row.observed_property == observed_property:
                first.setdefault(row.station_id, self.column[row.series_key])
        padded = np.column_stack([self.raw, np.full(self.hours.size, np.nan)])
        return padded[:, [first.get(row.station_id, -1) for row in own]]

    def references(self, source: Source, observed_property: str, stations: list[ReferenceStation]) -> Floats:
        end = self.hours[-1] + np.timedelta64(1, "h")
        rows = source.reference_hours(observed_property, utc(self.hours[0]), utc(end))
        return reference_matrix(rows, stations, self.hours) / MICROGRAM_PER_PPB.get(observed_property, 1.0)


def reference_matrix(
    rows: ReferenceHours, stations: list[ReferenceStation], hours: npt.NDArray[np.datetime64]
) -> Floats:
    """Spread official hours over hours × stations [µg/m³]; hours that the network calls not valid are NaN."""
    column = {row.reference_station_id: index for index, row in enumerate(stations)}
    matrix = np.full((hours.size, len(stations)), np.nan)
    usable = rows.validity > 0
    index = np.array([column[name] for name in rows.reference_station_id], np.int64)
    matrix[hour_index(rows.begin, hours)[usable], index[usable]] = rows.value[usable]
    return matrix


def hour_range(begin: datetime, end: datetime) -> npt.NDArray[np.datetime64]:
    """Return the begins of the hours in [begin, end), UTC."""
    return np.arange(numpy_hour(begin), numpy_hour(end), dtype="datetime64[h]")


def hour_index(begin: npt.NDArray[np.datetime64], hours: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    """Return the row of each hour begin in `hours`, which are contiguous."""
    return (begin.astype("datetime64[h]") - hours[0]).astype(np.int64) if hours.size else np.zeros(0, np.int64)


def numpy_hour(time: datetime) -> np.datetime64:
    """Return the hour that holds an aware time, as UTC."""
    return np.datetime64(int(time.timestamp()) // 3600, "h")


def hour_of(time: datetime) -> datetime:
    """Return the begin of the hour that holds an aware time, UTC."""
    return utc(numpy_hour(time))


def utc(hour: np.datetime64) -> datetime:
    """Return an aware UTC datetime for a numpy time."""
    return datetime.fromtimestamp(int(hour.astype("datetime64[s]").astype(np.int64)), UTC)
