"""The series that ingest knows, in memory: name -> row, and per row its key, station, property and last readings.

Rows are dense, start at 0 and stay for the life of the process, so that everything else is a numpy gather. Only what
was committed is remembered here: after a rollback the table still tells the truth.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import psycopg

from ingest.adopting import Told, adopt
from ingest.vocabulary import PROPERTIES, UNITS, sensor_model
from storage.rows import Series, SeriesName
from storage.series import claim_series, load_series, name_sensors, told_sensors

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MAX_SERIES = 100
"""Series one station can have: a station that invents sensor names fills no table."""

TAIL = 12
"""Last readings kept of each series: what the checks of a reading look back on."""

COMPANIONS = ("relative_humidity", "temperature", "no2", "o3")
"""What the calibration of another series of the same station may look at; row of the first such series, or -1."""

NEVER = np.iinfo(np.int64).min
"""The time of a reading that is not there."""

_SENSOR_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
_CODES = {name: code for code, name in enumerate(PROPERTIES)}


class Name(NamedTuple):
    """A series as a message names it."""

    station_id: str
    sensor_name: str
    observed_property: str


class SeriesTable:
    """Known series; arrays are indexed by row."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[tuple[str, str], int]] = {}
        self._stations: dict[str, int] = {}
        self._size = 0
        self.series_key: Ints = np.zeros(0, np.int64)
        self.station: Ints = np.zeros(0, np.int64)
        self.property_code: Ints = np.zeros(0, np.int64)
        self.tail_time: Ints = np.full((0, TAIL), NEVER, np.int64)
        self.tail_raw: Floats = np.full((0, TAIL), np.nan)
        self.warm: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)  # tail read from storage, or not needed
        self.companion: dict[str, Ints] = {name: np.zeros(0, np.int64) for name in COMPANIONS}
        self._first: dict[tuple[int, str], int] = {}

    def __len__(self) -> int:
        return self._size

    def load(self, connection: psycopg.Connection) -> None:
        """Learn every series of a station that is not removed, and forget the names of those that are gone."""
        known = load_series(connection)
        self.learn(known)
        current = {series.station_id for series in known}
        for station_id in self._rows.keys() - current:
            del self._rows[station_id]

    def of_station(self, station_id: str) -> dict[tuple[str, str], int]:
        """Give (sensor name, observed property) -> row of a station; empty where nothing of it is known yet."""
        return self._rows.get(station_id, {})

    def claim(self, connection: psycopg.Connection, names: Iterable[Name]) -> None:
        """Create the series that do not exist yet and learn them; commits.

        What stays unknown afterwards has an unknown station, an impossible sensor name, or too many series.
        """
        wanted = [name for name in self._allowed(names) if _SENSOR_NAME.fullmatch(name.sensor_name)]
        if wanted:
            _adopt(connection, wanted)
            claimed = claim_series(connection, [_series_name(name) for name in wanted])
            connection.commit()
            self.learn(claimed)

    def _allowed(self, names: Iterable[Name]) -> list[Name]:
        """Leave out what would give a station more series than it can have."""
        counts: dict[str, int] = {}
        allowed: list[Name] = []
        for name in dict.fromkeys(names):
            known = self.of_station(name.station_id)
            count = counts.setdefault(name.station_id, len(known))
            if count < MAX_SERIES:
                counts[name.station_id] += 1
                allowed.append(name)
        return allowed

    def learn(self, known: Sequence[Series]) -> None:
        """Give a row to every series that has none yet."""
        for series in known:
            if series.observed_property not in _CODES:
                continue  # stored by a newer release: this one cannot name it
            names = self._rows.setdefault(series.station_id, {})
            name = (sys.intern(series.sensor_name), sys.intern(series.observed_property))  # a country shares a few
            if name not in names:
                names[name] = self._append(series)

    def _append(self, series: Series) -> int:
        row = self._size
        if row == len(self.series_key):
            self._grow(max(1024, 2 * row))
        self._size += 1
        self.series_key[row] = series.series_key
        self.property_code[row] = _CODES[series.observed_property]
        station = self._stations.setdefault(series.station_id, len(self._stations))
        self.station[row] = station
        self._tie(row, station, series.observed_property)
        return row

    def _tie(self, row: int, station: int, observed_property: str) -> None:
        """Tie the series of a station to its first series of each companion."""
        for name, rows in self.companion.items():
            if observed_property == name and (station, name) not in self._first:
                self._first[station, name] = row
                rows[: self._size][self.station[: self._size] == station] = row
            rows[row] = self._first.get((station, name), -1)

    def _grow(self, size: int) -> None:
        more = size - len(self.series_key)
        self.series_key = np.append(self.series_key, np.zeros(more, np.int64))
        self.station = np.append(self.station, np.zeros(more, np.int64))
        self.property_code = np.append(self.property_code, np.zeros(more, np.int64))
        self.tail_time = np.append(self.tail_time, np.full((more, TAIL), NEVER, np.int64), axis=0)
        self.tail_raw = np.append(self.tail_raw, np.full((more, TAIL), np.nan), axis=0)
        self.warm = np.append(self.warm, np.zeros(more, np.bool_))
        for name, rows in self.companion.items():
            self.companion[name] = np.append(rows, np.full(more, -1))


def _adopt(connection: psycopg.Connection, wanted: Sequence[Name]) -> None:
    """Let sensors that owners have told of take over the names that messages give them."""
    told: dict[str, list[Told]] = {}
    for station_id, sensor_key, model in told_sensors(connection, {name.station_id for name in wanted}):
        told.setdefault(station_id, []).append(Told(sensor_key, model))
    named: dict[str, dict[str, set[str]]] = {station_id: {} for station_id in told}
    for name in wanted:
        if name.station_id in told:
            named[name.station_id].setdefault(name.sensor_name, set()).add(name.observed_property)
    found = [each for station_id, sensors in told.items() for each in adopt(sensors, named[station_id])]
    if found:
        name_sensors(connection, [(each.sensor_key, each.sensor_name, each.sensor_model) for each in found])


def _series_name(name: Name) -> SeriesName:
    unit = UNITS[name.observed_property]
    return SeriesName(name.station_id, name.sensor_name, sensor_model(name.sensor_name), name.observed_property, unit)
