"""The typed rows that leave and enter storage; columns of many rows are numpy arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Times = npt.NDArray[np.datetime64]  # datetime64[us], UTC


@dataclass(frozen=True, slots=True)
class NewStation:
    """A station to register, with its exact and its public position [degrees, WGS 84] and its hashed credentials."""

    station_id: str
    latitude: float
    longitude: float
    public_latitude: float
    public_longitude: float
    password_hash: str
    token_hash: str
    name: str = ""
    format: str | None = None
    timezone: str = "UTC"
    municipality: str | None = None
    project: str | None = None
    height_m: float | None = None
    simulated: bool = False
    owner_key: int | None = None
    exact_published: bool = False


@dataclass(frozen=True, slots=True)
class Station:
    """What everybody may know of a station; the position is the public one."""

    station_key: int
    station_id: str
    name: str
    format: str | None
    timezone: str
    latitude: float
    longitude: float
    municipality: str | None
    project: str | None
    simulated: bool
    created_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SeriesName:
    """What identifies a series on the wire, and what a new one is created with."""

    station_id: str
    sensor_name: str
    sensor_model: str
    observed_property: str
    unit: str


@dataclass(frozen=True, slots=True)
class Series:
    """A series as stored: station × sensor × observed property."""

    series_key: int
    station_key: int
    station_id: str
    sensor_name: str
    sensor_model: str
    observed_property: str
    unit: str


@dataclass(frozen=True, slots=True)
class SeriesPosition:
    """A series with the public position of its station [degrees, WGS 84]."""

    series_key: int
    station_id: str
    sensor_name: str
    sensor_model: str
    observed_property: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class ReadingColumns:
    """Readings as equally long columns. NaN in value, lower, upper is NULL; calibration_key 0 is NULL."""

    time: Times
    series_key: Ints
    raw: Floats
    value: Floats
    lower: Floats
    upper: Floats
    flags: Ints
    calibration_key: Ints
    received_at: Times


@dataclass(frozen=True, slots=True)
class StoreResult:
    """How many rows of a batch were new, and how many were there already."""

    stored: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class RawHours:
    """Hourly raw means as equally long columns; flags are the bits that any reading of the hour carried.

    `spread` is the highest minus the lowest reading, NaN for fewer than four.
    """

    series_key: Ints
    begin: Times
    raw: Floats
    data_capture: Floats
    flags: Ints
    spread: Floats


@dataclass(frozen=True, slots=True)
class ValidatedHours:
    """What validation found for hours that exist; NaN is NULL, calibration_key 0 is NULL."""

    series_key: Ints
    begin: Times
    value: Floats
    lower: Floats
    upper: Floats
    estimate: Floats
    estimate_lower: Floats
    estimate_upper: Floats
    flags: Ints
    calibration_key: Ints


@dataclass(frozen=True, slots=True)
class ReferenceStation:
    """An official station; `reference_station_id` is the national code, or '<network>:<id>'."""

    reference_station_id: str
    network: str
    name: str
    latitude: float
    longitude: float
    site_type: str | None = None


@dataclass(frozen=True, slots=True)
class ReferenceHours:
    """Official hourly values [µg/m³] as equally long columns; NaN value is NULL (withdrawn)."""

    reference_station_id: tuple[str, ...]
    observed_property: tuple[str, ...]
    begin: Times
    value: Floats
    validity: Ints
    verification: Ints


@dataclass(frozen=True, slots=True)
class ReferenceHour:
    """One official hour [begin, end) [µg/m³]; validity and verification in the EEA's codes."""

    begin: datetime
    end: datetime
    value: float | None
    validity: int
    verification: int
    revision: int


@dataclass(frozen=True, slots=True)
class NewCalibration:
    """A fitted calibration to keep for ever; covariance is in the order of coefficients; NaN is not known."""

    calibration_id: str
    series_key: int
    fitted_at: datetime
    valid_begin: datetime
    valid_end: datetime | None
    method: str
    status: str
    window_begin: datetime
    window_end: datetime
    coefficients: Mapping[str, float]
    covariance: list[list[float]]
    interval_parts: Mapping[str, float]
    reference_weight: Mapping[str, float]
    scores: Mapping[str, float]
    provenance: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Calibration(NewCalibration):
    """A kept calibration with its key."""

    calibration_key: int = 0


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that could not be used, as it came (secrets stripped)."""

    received_at: datetime
    door: str
    topic: str
    station_id: str | None
    payload: bytes
    payload_size: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a station or a source."""

    time: datetime
    kind: str
    station_id: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StationChange:
    """An event that says from when on a station, or one sensor of it, is another, is paused, or is back."""

    event_key: int
    time: datetime
    kind: str
    station_id: str
    detail: Mapping[str, Any]

    def concerns(self, station_id: str, sensor_name: str, observed_property: str) -> bool:
        """Tell whether a series is meant; what the detail does not name is meant as a whole."""
        of_sensor = self.detail.get("sensor") in (None, sensor_name)
        of_property = self.detail.get("observed_property") in (None, observed_property)
        return self.station_id == station_id and of_sensor and of_property
