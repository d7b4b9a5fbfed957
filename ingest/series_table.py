"""The series that ingest knows, in memory: name -> row, and per row its key, station, property and last readings.

Rows are dense, start at 0 and stay for the life of the process, so that everything else is a numpy gather. Only what
was committed is remembered here: after a rollback the table still tells the truth.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import psycopg

from ingest.adopting import Told, adopt
from ingest.vocabulary import PROPERTIES, UNITS, sensor_model
from storage.rows import Series, SeriesName
from storage.series import claim_series, each_series, name_sensors, told_sensors

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MAX_SERIES = 100
"""Series one station can have: a station that invents sensor names fills no table."""

TAIL = 12
"""Last readings kept of each series: what the checks of a reading look back on."""

COMPANIONS = ("relative_humidity", "temperature", "no2", "o3")
"""What the calibration of another series of the same station may look at; row of the first such series, or -1."""

NEVER = 0
"""The time of a reading that is not there [µs since 1970]: nobody believes 1970, and zeros take no memory."""

_Number = TypeVar("_Number", np.int64, np.float64, np.bool_)

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
        self._names: dict[tuple[str, str], tuple[str, str]] = {}  # a country shares a few
        self._size = 0
        self.series_key: Ints = np.zeros(0, np.int64)
        self.property_code: Ints = np.zeros(0, np.int64)
        self.tail_time: Ints = np.zeros((0, TAIL), np.int64)
        self.tail_raw: Floats = np.zeros((0, TAIL))
        self.warm: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)  # tail read from storage, or not needed
        self.companion: dict[str, Ints] = {name: np.zeros(0, np.int64) for name in COMPANIONS}

    def __len__(self) -> int:
        return self._size

    def load(self, connection: psycopg.Connection) -> None:
        """Learn every series of a station that is not removed, and forget those that are gone or are others by now.

        A station that was deleted and registered again has other series under the same names, and so may any station
        have in a restored database: readings under the old keys would be nobody's, or another's.
        """
        seen: Counter[str] = Counter()
        for series in each_series(connection):
            seen[series.station_id] += self._learn(series)
        changed = {station_id for station_id, rows in self._rows.items() if len(rows) != seen[station_id]}
        for station_id in changed:
            del self._rows[station_id]
        if changed & seen.keys():
            self.learn(series for series in each_series(connection) if series.station_id in changed)

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

    def learn(self, known: Iterable[Series]) -> None:
        """Give a row to every series that has none yet."""
        for series in known:
            self._learn(series)

    def _learn(self, series: Series) -> bool:
        """Give a series its row; False where its name is another series' here, or says nothing to this release."""
        if series.observed_property not in _CODES:
            return False  # stored by a newer release: this one cannot name it
        rows = self._rows.setdefault(series.station_id, {})
        name = (series.sensor_name, series.observed_property)
        if name not in rows:
            rows[self._names.setdefault(name, name)] = self._append(series, list(rows.values()))
        return bool(self.series_key[rows[name]] == series.series_key)

    def _append(self, series: Series, beside: list[int]) -> int:
        """Give a series its row; `beside` are those of its station so far."""
        row = self._size
        if row == len(self.series_key):
            self._grow(max(1024, 2 * row))
        self._size += 1
        self.series_key[row] = series.series_key
        self.property_code[row] = _CODES[series.observed_property]
        for name, rows in self.companion.items():
            rows[row] = rows[beside[0]] if beside else -1
            if series.observed_property == name and rows[row] < 0:  # the first of its station
                rows[[*beside, row]] = row
        return row

    def _grow(self, size: int) -> None:
        self.series_key = _longer(self.series_key, size)
        self.property_code = _longer(self.property_code, size)
        self.tail_time = _longer(self.tail_time, size)
        self.tail_raw = _longer(self.tail_raw, size)
        self.warm = _longer(self.warm, size)
        self.companion = {name: _longer(rows, size) for name, rows in self.companion.items()}


def _longer(column: npt.NDArray[_Number], size: int) -> npt.NDArray[_Number]:
    """Fill a column up with zeros, which take no memory until something is written there, be it a zero."""
    longer = np.zeros((size, *column.shape[1:]), column.dtype)
    used = np.flatnonzero(column.any(axis=1) if column.ndim > 1 else column)
    longer[used] = column[used]
    return longer


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
