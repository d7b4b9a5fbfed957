"""The CSV files of a replay: reads recorded history into networks, writes what validation found; no pandas."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TextIO

import numpy as np
import numpy.typing as npt

from ingest.reference.units import MICROGRAM_PER_PPB
from validation.network import Network, Validated

Floats = npt.NDArray[np.float64]

_WEATHER = ("temperature", "relative_humidity")
_COLUMNS = (
    "time", "station", "observed_property", "raw", "value", "lower", "upper", "flags", "calibration",
    "estimate", "estimate_lower", "estimate_upper",
)  # fmt: skip
_HOUR = np.timedelta64(1, "h")


class ReplayInputError(ValueError):
    """A file cannot be used; the message names file, line and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """A station or reference station: name, position [degrees] (NaN: unknown), sensor model ('' for references)."""

    name: str
    latitude: float
    longitude: float
    sensor_model: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """Long-form records of one observed property: hour (N,) datetime64[h], place (N,) index, value (N,)."""

    hour: npt.NDArray[np.datetime64]
    place: npt.NDArray[np.int64]
    value: Floats


@dataclass(frozen=True, slots=True)
class History:
    """Everything a replay may see."""

    stations: tuple[Place, ...]
    references: tuple[Place, ...]
    readings: Mapping[str, Records]
    reference: Mapping[str, Records]

    @property
    def calibratable(self) -> tuple[str, ...]:
        """The observed properties that stations and references both measure."""
        return tuple(sorted((self.readings.keys() & self.reference.keys()) - set(_WEATHER)))

    def network(self, observed_property: str) -> Network:
        """Lay one property out on contiguous hours, from its first to its last reading."""
        own = self.readings[observed_property]
        hours = np.arange(own.hour.min(), own.hour.max() + _HOUR, _HOUR)
        raw = {name: _grid(records, hours, len(self.stations)) for name, records in self.readings.items()}
        unknown = np.full((len(hours), len(self.stations)), np.nan)
        return Network(
            hours=hours,
            raw=raw[observed_property],
            relative_humidity=raw.get("relative_humidity", unknown),
            temperature=raw.get("temperature", unknown),
            latitude=np.array([place.latitude for place in self.stations]),
            longitude=np.array([place.longitude for place in self.stations]),
            sensor_model=tuple(place.sensor_model for place in self.stations),
            reference=_grid(self.reference[observed_property], hours, len(self.references)),
            reference_latitude=np.array([place.latitude for place in self.references]),
            reference_longitude=np.array([place.longitude for place in self.references]),
            reference_id=tuple(place.name for place in self.references),
            observed_property=observed_property,
            other_raw={name: grid for name, grid in raw.items() if name not in (*_WEATHER, observed_property)},
        )


def read_history(in_dir: Path) -> History:
    """Read the four files of `in_dir`; raise ReplayInputError naming file and line for what cannot be used."""
    stations = _read_places(in_dir / "stations.csv", "station", model=True)
    references = _read_places(in_dir / "reference_stations.csv", "reference_station", model=False)
    readings = _read_records(in_dir / "readings.csv", "station", stations)
    reference = _read_records(in_dir / "reference.csv", "reference_station", references)
    return History(stations, references, readings, reference)


class ValidatedWriter:
    """Writes validated hours as CSV rows, one for each reading that came in; a context manager."""

    def __init__(self, out: Path) -> None:
        self._path = out
        self._file: TextIO | None = None

    def __enter__(self) -> "ValidatedWriter":
        try:
            self._file = self._path.open("w", newline="", encoding="utf-8")
        except OSError as error:
            raise ReplayInputError(f"cannot write {self._path}: {error.strerror}; choose another --out") from error
        csv.writer(self._file).writerow(_COLUMNS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, network: Network, stations: tuple[Place, ...], validated: Validated, calibration: str) -> None:
        """Append the hours of one validated stretch, ordered by time and station."""
        if self._file is None:
            raise ValueError("the writer is not open")
        first = int((validated.hours[0] - network.hours[0]) / _HOUR)
        raw = network.raw[first : first + len(validated.hours)]
        rows, columns = np.nonzero(np.isfinite(raw))
        times = np.char.add(np.datetime_as_string(validated.hours[rows], "s"), "Z")
        numbers = [
            _texts(array[rows, columns])
            for array in (raw, validated.value, validated.lower, validated.upper)
        ]  # fmt: skip
        guesses = [
            _texts(array[rows, columns])
            for array in (validated.estimate, validated.estimate_lower, validated.estimate_upper)
        ]  # fmt: skip
        names = [stations[column].name for column in columns]
        count = len(names)
        csv.writer(self._file).writerows(
            zip(times.tolist(), names, [network.observed_property] * count, *numbers,
                validated.flags[rows, columns].tolist(), [calibration] * count, *guesses, strict=True)
        )  # fmt: skip


def _grid(records: Records, hours: npt.NDArray[np.datetime64], places: int) -> Floats:
    """Mean of the records of each hour and place (H,S), NaN where there are none."""
    row = ((records.hour - hours[0]) / _HOUR).astype(np.int64)
    inside = (row >= 0) & (row < len(hours)) & np.isfinite(records.value)
    cell = row[inside] * places + records.place[inside]
    size = len(hours) * places
    count = np.bincount(cell, minlength=size)
    total = np.bincount(cell, weights=records.value[inside], minlength=size)
    mean: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan).reshape(len(hours), places)
    return mean


def _texts(values: Floats) -> list[str]:
    return ["" if value != value else f"{value:.6g}" for value in values.tolist()]  # NaN is not equal to itself


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, the named columns) of a CSV file."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield from _parse(path, file, columns)
    except FileNotFoundError as error:
        raise ReplayInputError(f"{path} is missing; a replay needs it") from error
    except UnicodeDecodeError as error:
        raise ReplayInputError(f"{path} is not UTF-8; convert it") from error
    except csv.Error as error:
        raise ReplayInputError(f"{path}: {error}; mend the line") from error
    except OSError as error:
        raise ReplayInputError(f"cannot read {path}: {error.strerror}") from error


def _parse(path: Path, file: TextIO, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(file)
    header = next(reader, [])
    missing = [name for name in columns if name not in header]
    if missing:
        wanted = ", ".join(columns)
        raise ReplayInputError(f"{path}, line 1: no column {', '.join(missing)}; the header must name {wanted}")
    at = [header.index(name) for name in columns]
    for row in reader:
        if row and len(row) <= max(at):
            raise ReplayInputError(
                f"{path}, line {reader.line_num}: {len(row)} fields, expected {len(header)}; complete the line"
            )
        if row:
            yield reader.line_num, [row[i] for i in at]


def _read_places(path: Path, name: str, *, model: bool) -> tuple[Place, ...]:
    columns = (name, "lat", "lon", "sensor_model") if model else (name, "lat", "lon")
    places: dict[str, Place] = {}
    for line, fields in _rows(path, columns):
        if not fields[0] or fields[0] in places:
            raise ReplayInputError(f"{path}, line {line}: {name} {fields[0]!r} is empty or given twice; name each once")
        latitude, longitude = (
            _degrees(path, line, text, limit) for text, limit in zip(fields[1:3], (90, 180), strict=True)
        )
        places[fields[0]] = Place(fields[0], latitude, longitude, fields[3] if model else "")
    return tuple(places.values())


def _degrees(path: Path, line: int, text: str, limit: int) -> float:
    value = _float(path, line, text) if text else float("nan")
    if abs(value) > limit:
        raise ReplayInputError(f"{path}, line {line}: {value} is outside ±{limit} degrees; is it lat, lon in WGS 84?")
    return value


def _float(path: Path, line: int, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ReplayInputError(
            f"{path}, line {line}: {text!r} is no number; leave it empty if it is missing"
        ) from error


def _read_records(path: Path, name: str, places: tuple[Place, ...]) -> dict[str, Records]:
    """Read long-form records; gases in µg/m³ become ppb."""
    index = {place.name: i for i, place in enumerate(places)}
    is_reference = name == "reference_station"
    columns = ("time", name, "observed_property", "value", *(("unit",) if is_reference else ()))
    found: dict[str, tuple[list[str], list[int], list[float], list[int]]] = {}
    for line, fields in _rows(path, columns):
        if not fields[3]:
            continue
        if fields[1] not in index:
            raise ReplayInputError(
                f"{path}, line {line}: {name} {fields[1]!r} is not in {name}s.csv; add it there or leave the line out"
            )
        scale = _unit_scale(path, line, fields[2], fields[4]) if is_reference else 1.0
        times, at, values, lines = found.setdefault(fields[2], ([], [], [], []))
        times.append(fields[0])
        at.append(index[fields[1]])
        values.append(_float(path, line, fields[3]) * scale)
        lines.append(line)
    return {key: Records(_hours(path, t, lines), np.array(at), np.array(v)) for key, (t, at, v, lines) in found.items()}


def _unit_scale(path: Path, line: int, observed_property: str, unit: str) -> float:
    if unit not in ("ppb", "ug/m3", "µg/m³", "ug/m³"):
        raise ReplayInputError(f"{path}, line {line}: unit {unit!r} is not known; use ug/m3, or ppb for gases")
    gas = MICROGRAM_PER_PPB.get(observed_property)
    if gas is None and unit == "ppb":
        raise ReplayInputError(f"{path}, line {line}: {observed_property} cannot be in ppb; use ug/m3")
    return 1.0 if gas is None or unit == "ppb" else 1.0 / gas


def _hours(path: Path, times: list[str], lines: list[int]) -> npt.NDArray[np.datetime64]:
    """Read RFC 3339 times in UTC and floor them to the hour they begin in."""
    try:
        found = np.array([text.removesuffix("Z") for text in times], dtype="datetime64[s]")
        if np.isnat(found).any():  # nothing at all is read as no time
            raise ValueError
        return found.astype("datetime64[h]")
    except ValueError:
        for text, line in zip(times, lines, strict=True):
            _check_time(path, line, text)
        raise


def _check_time(path: Path, line: int, text: str) -> None:
    try:
        if np.isnat(np.datetime64(text.removesuffix("Z"), "s")):
            raise ValueError
    except ValueError as error:
        raise ReplayInputError(f"{path}, line {line}: {text!r} is no time; write it as 2026-05-17T22:00:00Z") from error
