"""What the map shows: one marker and one row for every station, as columns; reads no database, writes no HTML."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from api.index import MASS_PER_PPB
from api.web.indices import numbers
from api.web.view import Averaging, Shown, View
from api.web.wording import DASH
from storage.overview import STATIONS
from storage.rows import ReferenceHours, ReferenceStation

OLD = {Averaging.LAST: timedelta(hours=3), Averaging.HOUR: timedelta(hours=3), Averaging.DAY: timedelta(hours=6)}
"""A station sends every few minutes, and an hour is validated soon after its end: later than this it is silent."""
OLD_REFERENCE = timedelta(hours=6)  # networks publish an hour one to two hours late, and repair gaps later
DAY_HOURS = 18  # three quarters of a day: Directive (EU) 2024/2881, Annex V

Floats = npt.NDArray[np.float64]


class Kind(StrEnum):
    """Who runs a station."""

    STATION = "station"
    REFERENCE = "reference"


class Look(StrEnum):
    """How a marker is drawn: the second cue beside its colour."""

    FULL = "full"
    OLD = "old"
    HOLLOW = "hollow"


LOOKS = (Look.FULL, Look.OLD, Look.HOLLOW)


@dataclass(frozen=True, slots=True)
class Marker:
    """One station on the map. Values in µg/m³; `shown` is the one that decides colour and number."""

    kind: Kind
    station_id: str
    name: str
    latitude: float
    longitude: float
    time: datetime
    raw: float | None
    value: float | None
    lower: float | None
    upper: float | None
    shown: float | None
    band: int
    look: Look
    flags: int = 0
    hours: int | None = None
    simulated: bool = False

    @property
    def number(self) -> str:
        """Give the text in the marker: whole units, as more do not fit and are not known."""
        return DASH if self.shown is None else f"{max(self.shown, 0):.0f}"

    @property
    def placed(self) -> bool:
        """Tell whether its place is known: nobody measures where equator and Greenwich cross."""
        return (self.latitude, self.longitude) != (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Markers:
    """Markers as columns: a table with storage's columns and `official`, and what was made of them, equally long."""

    table: pa.Table
    shown: Floats
    band: npt.NDArray[np.int8]
    look: npt.NDArray[np.int8]  # place in LOOKS

    def __len__(self) -> int:
        return len(self.table)

    def take(self, places: npt.NDArray[np.int64]) -> "Markers":
        """Choose and order markers by their places."""
        return Markers(self.table.take(pa.array(places)), self.shown[places], self.band[places], self.look[places])

    def column(self, name: str) -> Floats:
        """Give a column of numbers; null is NaN."""
        return np.asarray(self.table[name].cast(pa.float64()).to_numpy())

    def rows(self) -> list[Marker]:
        """Make a marker of each row: for the few that a page of the table shows."""
        return [
            _marker(row, shown, int(band), LOOKS[look])
            for row, shown, band, look in zip(
                self.table.to_pylist(), self.shown.tolist(), self.band.tolist(), self.look.tolist(), strict=True
            )
        ]


def _marker(row: Mapping[str, Any], shown: float, band: int, look: Look) -> Marker:
    kind = Kind.REFERENCE if row["official"] else Kind.STATION
    kept = {name: row[name] for name in ("latitude", "longitude", "time", "raw", "value", "lower", "upper", "hours")}
    return Marker(
        kind=kind,
        station_id=row["station_id"],
        name=row["name"] or row["station_id"],
        shown=None if np.isnan(shown) else shown,
        band=band,
        look=look,
        flags=row["flags"] or 0,
        simulated=bool(row["simulated"]),
        **kept,
    )


def paint(stations: pa.Table, official: pa.Table, view: View, now: datetime) -> Markers:
    """Join stations and official stations, bring all to µg/m³, and decide numbers, classes and looks."""
    table = pa.concat_tables([_in_mass(stations, view.observed_property), official])
    is_official = np.repeat([False, True], [len(stations), len(official)])
    table = table.append_column("official", pa.array(is_official))
    value, raw = (np.asarray(table[name].to_numpy(), np.float64) for name in ("value", "raw"))
    shown = np.where(is_official, value, raw) if view.shown is Shown.RAW else value
    age = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "us") - table["time"].to_numpy()
    old = age > np.where(is_official, np.timedelta64(OLD_REFERENCE), np.timedelta64(OLD[view.averaging]))
    look = np.where(np.isnan(shown), 2, np.where(old, 1, 0)).astype(np.int8)
    return Markers(table, shown, numbers(view.index, view.observed_property, shown), look)


def _in_mass(stations: pa.Table, observed_property: str) -> pa.Table:
    """Bring ppb to µg/m³, as official hours are; another unit has no mass and leaves no number."""
    unit = stations["unit"]
    mass = pc.if_else(pc.equal(unit, "[ppb]"), MASS_PER_PPB.get(observed_property), None)
    factor = pc.if_else(pc.equal(unit, "ug/m3"), 1.0, mass)
    for name in ("raw", "value", "lower", "upper"):
        place = stations.schema.get_field_index(name)
        stations = stations.set_column(place, stations.schema.field(place), pc.multiply(stations[name], factor))
    return stations


def official_table(
    stations: Sequence[ReferenceStation], hours: ReferenceHours, averaging: Averaging, end: datetime
) -> pa.Table:
    """Make rows of official stations: each one's newest valid hour, or its mean of the 24 hours before `end`."""
    found = day_means(hours, end) if averaging is Averaging.DAY else newest_valid(hours)
    rows = [
        {
            "station_id": one.reference_station_id,
            "name": one.name,
            "latitude": one.latitude,
            "longitude": one.longitude,
            "simulated": False,
            "unit": "ug/m3",
            "time": begin + timedelta(hours=1),
            "value": value,
            "flags": 0,
        }
        for one in stations
        for begin, value in [found.get(one.reference_station_id, (None, 0.0))]
        if begin is not None
    ]
    return pa.Table.from_pylist(rows, schema=STATIONS)


def newest_valid(hours: ReferenceHours) -> dict[str, tuple[datetime, float]]:
    """Find per official station its newest valid hour: begin and value [µg/m³]."""
    newest: dict[str, tuple[datetime, float]] = {}
    for station, begin, value in _valid(hours):
        if station not in newest or newest[station][0] < begin:
            newest[station] = (begin, value)
    return newest


def day_means(hours: ReferenceHours, end: datetime) -> dict[str, tuple[datetime, float]]:
    """Average each official station's valid hours of the 24 before `end`: begin of the last, and mean [µg/m³]."""
    kept: dict[str, list[tuple[datetime, float]]] = {}
    for station, begin, value in _valid(hours):
        if end - timedelta(hours=24) <= begin < end:
            kept.setdefault(station, []).append((begin, value))
    return {
        station: (max(found)[0], sum(value for _, value in found) / len(found))
        for station, found in kept.items()
        if len(found) >= DAY_HOURS
    }


def valid_hours(hours: ReferenceHours, reference_station_id: str) -> dict[datetime, float]:
    """Take the valid hours of one official station: begin -> value [µg/m³]."""
    return {begin: value for station, begin, value in _valid(hours) if station == reference_station_id}


def _valid(hours: ReferenceHours) -> Iterator[tuple[str, datetime, float]]:
    """Walk over what the networks stand for: a value with a positive validity of the EEA's code list."""
    for index in np.flatnonzero((hours.validity > 0) & ~np.isnan(hours.value)):
        begin = hours.begin[index].astype("datetime64[s]").item().replace(tzinfo=UTC)
        yield hours.reference_station_id[index], begin, float(hours.value[index])
