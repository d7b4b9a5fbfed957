"""What the map shows: one marker and one table row for every station; reads no database and writes no HTML."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np

from api.index import EDGES, band_of
from api.web.wording import DASH
from storage.pages import LatestRow
from storage.rows import ReferenceHours, ReferenceStation

OLD_STATION = timedelta(hours=3)  # a station sends every few minutes: after this it is silent, not slow
OLD_REFERENCE = timedelta(hours=6)  # networks publish an hour one to two hours late, and repair gaps later

PROPERTIES = ("pm2_5", "pm10")
"""What the map can be coloured by, first the one it opens with."""


class Kind(StrEnum):
    """Who runs a station."""

    STATION = "station"
    REFERENCE = "reference"


class Shown(StrEnum):
    """Which value of a station decides its marker."""

    VALIDATED = "validated"
    RAW = "raw"


class Look(StrEnum):
    """How a marker is drawn: the second cue beside its colour."""

    FULL = "full"
    OLD = "old"
    HOLLOW = "hollow"


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
    simulated: bool = False

    @property
    def number(self) -> str:
        """Give the text in the marker: whole units, as more do not fit and are not known."""
        return DASH if self.shown is None else f"{max(self.shown, 0):.0f}"


def station_markers(readings: Iterable[LatestRow], shown: Shown, now: datetime) -> list[Marker]:
    """Make a marker of each station, by its first series in storage order; raw values decide only where asked for."""
    markers: dict[str, Marker] = {}
    for reading in readings:
        if reading.station_id not in markers:
            markers[reading.station_id] = _station_marker(reading, shown, now)
    return list(markers.values())


def _station_marker(reading: LatestRow, shown: Shown, now: datetime) -> Marker:
    decisive = reading.raw if shown is Shown.RAW else reading.value
    return Marker(
        kind=Kind.STATION,
        station_id=reading.station_id,
        name=reading.name or reading.station_id,
        latitude=reading.latitude,
        longitude=reading.longitude,
        time=reading.time,
        raw=reading.raw,
        value=reading.value,
        lower=reading.lower,
        upper=reading.upper,
        shown=decisive,
        band=band_number(reading.observed_property, decisive, reading.unit),
        look=_look(decisive, now - reading.time > OLD_STATION),
        flags=reading.flags,
        simulated=reading.simulated,
    )


def reference_markers(
    stations: Sequence[ReferenceStation], hours: ReferenceHours, observed_property: str, now: datetime
) -> list[Marker]:
    """Make a marker of each official station that has a valid hour [µg/m³] among `hours`, by its newest."""
    newest = newest_valid(hours)
    markers = []
    for station in stations:
        if station.reference_station_id not in newest:
            continue
        begin, value = newest[station.reference_station_id]
        end = begin + timedelta(hours=1)
        markers.append(
            Marker(
                kind=Kind.REFERENCE,
                station_id=station.reference_station_id,
                name=station.name,
                latitude=station.latitude,
                longitude=station.longitude,
                time=end,
                raw=None,
                value=value,
                lower=None,
                upper=None,
                shown=value,
                band=band_number(observed_property, value, "ug/m3"),
                look=_look(value, now - end > OLD_REFERENCE),
            )
        )
    return markers


def newest_valid(hours: ReferenceHours) -> dict[str, tuple[datetime, float]]:
    """Find per official station its newest valid hour: begin and value [µg/m³]."""
    newest: dict[str, tuple[datetime, float]] = {}
    for station, begin, value in _valid(hours):
        if station not in newest or newest[station][0] < begin:
            newest[station] = (begin, value)
    return newest


def valid_hours(hours: ReferenceHours, reference_station_id: str) -> dict[datetime, float]:
    """Take the valid hours of one official station: begin -> value [µg/m³]."""
    return {begin: value for station, begin, value in _valid(hours) if station == reference_station_id}


def _valid(hours: ReferenceHours) -> Iterator[tuple[str, datetime, float]]:
    """Walk over what the networks stand for: a value with a positive validity of the EEA's code list."""
    for index in np.flatnonzero((hours.validity > 0) & ~np.isnan(hours.value)):
        begin = hours.begin[index].astype("datetime64[s]").item().replace(tzinfo=UTC)
        yield hours.reference_station_id[index], begin, float(hours.value[index])


def band_number(observed_property: str, value: float | None, unit: str) -> int:
    """Return the band of a value: 1 good ... 6 extremely poor, 0 where there is none."""
    band = band_of(observed_property, value, unit)
    return band.band if band else 0


def _look(shown: float | None, old: bool) -> Look:
    if shown is None:
        return Look.HOLLOW
    return Look.OLD if old else Look.FULL


@dataclass(frozen=True, slots=True)
class LegendBand:
    """One line of the legend: above `above`, up to and including `upto` [µg/m³]; None is an open end."""

    band: int
    above: float | None
    upto: float | None


def legend(observed_property: str) -> list[LegendBand]:
    """List the bands of a property, the best first."""
    edges = EDGES[observed_property]
    return [
        LegendBand(number, above, upto)
        for number, (above, upto) in enumerate(zip((None, *edges), (*edges, None), strict=True), start=1)
    ]
