"""Reference values from two CSV files, for networks without an API and for replays of history.

reference_stations.csv: reference_station,lat,lon and, where known, name and site_type.
reference.csv: time,reference_station,observed_property,value,unit; time is the BEGINNING of the hour,
RFC 3339 with offset. UTF-8, comma, decimal point; a byte order mark is passed over. An empty value is a missing one.
"""

import csv
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from ingest.reference.errors import ReferenceAwayError, ReferenceShapeError
from ingest.reference.hours import ReferenceValue, columns, reference_value
from storage.rows import ReferenceHours, ReferenceStation

STATIONS_FILE, HOURS_FILE = "reference_stations.csv", "reference.csv"
PAGE = 5000  # hours handed on at once

_NATIONAL = re.compile(r"[A-Z]{2}[0-9A-Z]{3,10}")  # 'NL10404' is unique in Europe; other ids get the network's name


class CsvFile:
    """A folder with the two files; `name` is the network under which its stations are stored."""

    def __init__(self, folder: Path, *, name: str = "csv", page: int = PAGE) -> None:
        self._folder = folder
        self._page = page
        self._name = name

    @property
    def name(self) -> str:
        """The network's name."""
        return self._name

    def stations(self) -> Iterator[ReferenceStation]:
        """Give the stations; one whose lat or lon is empty is left out, one off the globe is a ReferenceShapeError."""
        for line, row in _rows(self._folder / STATIONS_FILE, ("reference_station", "lat", "lon")):
            latitude, longitude = _number(row["lat"], line), _number(row["lon"], line)
            if latitude is None or longitude is None:
                continue
            if abs(latitude) > 90 or abs(longitude) > 180:
                raise ReferenceShapeError(f"{line}: expected degrees, found lat {latitude}, lon {longitude}")
            station = row["reference_station"]
            name, site_type = row.get("name") or station, row.get("site_type") or None
            yield ReferenceStation(self._id(station), self._name, name, latitude, longitude, site_type)

    def hours(self, begin: datetime, end: datetime) -> Iterator[ReferenceHours]:
        """Give the hours that begin in [begin, end) in the order of the file, `page` at a time."""
        known = {station.reference_station_id for station in self.stations()}
        values = (value for value in self._values(known) if begin <= value.begin < end)
        while page := list(islice(values, self._page)):
            yield columns(page)

    def _values(self, known: set[str]) -> Iterator[ReferenceValue]:
        expected = ("time", "reference_station", "observed_property", "value", "unit")
        for line, row in _rows(self._folder / HOURS_FILE, expected):
            station = self._id(row["reference_station"])
            if station not in known:
                raise ReferenceShapeError(
                    f"{line}: expected a station of {STATIONS_FILE}, found {row['reference_station']!r}"
                )
            sent = _number(row["value"], line)
            try:
                begin = _time(row["time"])
                yield reference_value(station, row["observed_property"], begin, sent=sent, unit=row["unit"])
            except ReferenceShapeError as error:
                raise ReferenceShapeError(f"{line}: {error}") from error

    def _id(self, station: str) -> str:
        return station if _NATIONAL.fullmatch(station) else f"{self._name}:{station}"


def _rows(path: Path, expected: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Give each row with the words 'file line n', for the messages."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            if missing := [name for name in expected if name not in (reader.fieldnames or ())]:
                raise ReferenceShapeError(f"{path.name}: expected the columns {expected}, found none named {missing}")
            for row in reader:
                yield f"{path.name} line {reader.line_num}", row
    except OSError as error:
        raise ReferenceAwayError(f"{path.name}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReferenceShapeError(f"{path.name}: expected CSV in UTF-8, found {error}") from error


def _number(text: str, line: str) -> float | None:
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError as error:
        raise ReferenceShapeError(f"{line}: expected a number, found {text!r}") from error
    return number if math.isfinite(number) else None


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise ReferenceShapeError(f"expected a time as 2026-05-17T22:00:00Z, found {text!r}") from error
    return time.astimezone(UTC) if time.utcoffset() is not None else time
