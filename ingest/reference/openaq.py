"""OpenAQ, API v3: official monitors of most countries behind one key; passed on as their owners report them.

Shapes as documented at docs.openaq.org. A location has sensors, a sensor has one parameter in one unit; `found` is a
number or the text ">1000", so paging ends with the first page that is not full. Licences differ by
provider and stand with the location.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec
import structlog

from ingest.reference.client import Client, Limits, Params, Timing
from ingest.reference.errors import OffHourError, ReferenceMissingError, ReferenceShapeError, UnitUnknownError
from ingest.reference.hours import HOUR, ReferenceValue, columns, full_hour, reference_value, rfc3339, windows
from ingest.reference.network import BoundingBox
from ingest.reference.units import microgram_factor
from storage.rows import ReferenceHours, ReferenceStation

BASE_URL = "https://api.openaq.org/v3/"
LIMITS = Limits(requests=33, per_s=60.0)  # 60 a minute and 2,000 an hour are allowed: 33 a minute keep both
PARAMETERS = {
    "pm25": "pm2_5",
    "pm10": "pm10",
    "pm1": "pm1",
    "no2": "no2",
    "o3": "o3",
    "no": "no",
    "so2": "so2",
    "co": "co",
}
DEFAULT_PROPERTIES = ("pm2_5", "pm10", "no2", "o3")
LONGEST = timedelta(days=31)  # 744 hours fit on one page
PAGE = 1000  # the most it gives
MOST_PAGES = 100
LEAST_CAPTURE = 75.0  # [%] of an hour that counts: Directive 2008/50/EC Annex XI section A

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Answer(msgspec.Struct, Generic[T]):
    """The envelope of every list; `meta` is left out, its `found` cannot be relied on."""

    results: list[T]


class Parameter(msgspec.Struct):
    """What a sensor measures, and in which unit."""

    name: str
    units: str


class Sensor(msgspec.Struct):
    """One parameter of a location."""

    id: int
    parameter: Parameter


class Coordinates(msgspec.Struct):
    """A position [degrees, WGS 84]."""

    latitude: float | None = None
    longitude: float | None = None


class Location(msgspec.Struct, rename="camel"):
    """A place with sensors."""

    id: int
    is_monitor: bool
    sensors: list[Sensor]
    name: str | None = None
    coordinates: Coordinates | None = None


class Instant(msgspec.Struct):
    """A time, of which we take the UTC."""

    utc: datetime


class Period(msgspec.Struct, rename="camel"):
    """The interval of a value."""

    datetime_from: Instant
    datetime_to: Instant


class FlagInfo(msgspec.Struct, rename="camel"):
    """Whether OpenAQ or the owner doubts a value."""

    has_flags: bool = False


class Coverage(msgspec.Struct, rename="camel"):
    """How much of the hour was measured [%]."""

    percent_complete: float | None = None


class HourItem(msgspec.Struct, rename="camel"):
    """One hourly mean."""

    parameter: Parameter
    period: Period
    value: float | None = None
    flag_info: FlagInfo | None = None
    coverage: Coverage | None = None


def connect(timing: Timing, *, api_key: str, base_url: str = BASE_URL) -> Client:
    """Open a client with a key and within OpenAQ's limits; it follows no redirect: the key stays there."""
    return Client(base_url, LIMITS, timing, headers={"x-api-key": api_key})


class OpenAQ:
    """The fixed reference monitors in a box, or around a point (latitude, longitude, radius up to 25,000 m)."""

    name = "openaq"

    def __init__(
        self,
        client: Client,
        *,
        bbox: BoundingBox | None = None,
        near: tuple[float, float, int] | None = None,
        observed_properties: Sequence[str] = DEFAULT_PROPERTIES,
    ) -> None:
        if (bbox is None) == (near is None):
            raise ValueError("expected either bbox or near: the whole world is too much to ask for")
        self._client = client
        self._area = _area(bbox, near)
        self._properties = frozenset(observed_properties)
        self._locations: list[Location] | None = None

    def stations(self) -> Iterator[ReferenceStation]:
        """Give the monitors that have a position; the list is read once and kept."""
        for location in self._monitors():
            position = location.coordinates
            if position is None or position.latitude is None or position.longitude is None:
                continue
            name = location.name or f"OpenAQ {location.id}"
            yield ReferenceStation(self._id(location), self.name, name, position.latitude, position.longitude)

    def hours(self, begin: datetime, end: datetime) -> Iterator[ReferenceHours]:
        """Give the hours that begin in [begin, end), a page of the API at a time.

        Where a location has two sensors for one property, an instrument was replaced: the newer one (higher id) is
        asked first, an older one only fills in the hours that it lacks. A sensor that is listed but not there, or
        whose hours begin at half past, gives none; the log names it.
        """
        known = {station.reference_station_id for station in self.stations()}
        for location in self._monitors():
            if self._id(location) in known:
                yield from self._hours_at(location, begin, end)

    def _monitors(self) -> list[Location]:
        if self._locations is None:
            query: Params = {**self._area, "monitor": "true", "mobile": "false"}
            found = [location for page in self._pages("locations", query, Answer[Location]) for location in page]
            self._locations = [location for location in found if location.is_monitor]
        return self._locations

    def _hours_at(self, location: Location, begin: datetime, end: datetime) -> Iterator[ReferenceHours]:
        seen: set[tuple[str, datetime]] = set()
        for sensor in self._wanted(location):
            try:
                for values in self._hours_of(sensor, location, begin, end):
                    new = [value for value in values if _key(value) not in seen]
                    seen.update(map(_key, new))
                    if new:
                        yield columns(new)
            except (ReferenceMissingError, OffHourError) as error:  # all others have their hours
                log.warning("reference_sensor_passed_over", sensor=sensor.id, location=location.id, error=str(error))

    def _hours_of(
        self, sensor: Sensor, location: Location, begin: datetime, end: datetime
    ) -> Iterator[list[ReferenceValue]]:
        for piece_begin, piece_end in windows(begin, end, LONGEST):
            query = {"datetime_from": rfc3339(piece_begin), "datetime_to": rfc3339(piece_end)}
            for page in self._pages(f"sensors/{sensor.id}/hours", query, Answer[HourItem]):
                values = [_value(self._id(location), item) for item in page]
                yield [value for value in values if piece_begin <= value.begin < piece_end]

    def _wanted(self, location: Location) -> list[Sensor]:
        """List the sensors to ask, the newest first; one whose unit has no meaning here is passed over alone."""
        wanted = [sensor for sensor in location.sensors if self._usable(sensor.parameter)]
        return sorted(wanted, key=lambda sensor: sensor.id, reverse=True)

    def _usable(self, parameter: Parameter) -> bool:
        observed_property = PARAMETERS.get(parameter.name)
        if observed_property is None or observed_property not in self._properties:
            return False
        try:
            microgram_factor(observed_property, parameter.units)
        except UnitUnknownError:
            return False
        return True

    def _id(self, location: Location) -> str:
        return f"{self.name}:{location.id}"

    def _pages(self, path: str, params: Params, shape: type[Answer[T]]) -> Iterator[list[T]]:
        for number in range(1, MOST_PAGES + 1):
            results = self._client.get(path, {**params, "limit": PAGE, "page": number}, shape).results
            yield results
            if len(results) < PAGE:
                return
        raise ReferenceShapeError(f"{path}: expected at most {MOST_PAGES} pages of {PAGE}, found more")


def _area(bbox: BoundingBox | None, near: tuple[float, float, int] | None) -> dict[str, str]:
    if bbox is not None:
        return {"bbox": ",".join(f"{edge:.4f}" for edge in bbox)}  # 11 m: more decimals say nothing of a box
    latitude, longitude, radius_m = near or (0.0, 0.0, 0)
    return {"coordinates": f"{latitude:.4f},{longitude:.4f}", "radius": str(radius_m)}


def _value(reference_station_id: str, item: HourItem) -> ReferenceValue:
    begin, end = full_hour(item.period.datetime_from.utc), full_hour(item.period.datetime_to.utc)
    if end - begin != HOUR:
        raise ReferenceShapeError(f"hours: expected one hour, found {begin.isoformat()} to {end.isoformat()}")
    observed_property = PARAMETERS.get(item.parameter.name)
    if observed_property is None:
        raise ReferenceShapeError(f"hours: expected the parameter of the sensor, found {item.parameter.name!r}")
    complete = item.coverage.percent_complete if item.coverage else None
    trusted = not (item.flag_info and item.flag_info.has_flags) and (complete is None or complete >= LEAST_CAPTURE)
    return reference_value(
        reference_station_id, observed_property, begin, sent=item.value, unit=item.parameter.units, trusted=trusted
    )


def _key(value: ReferenceValue) -> tuple[str, datetime]:
    return value.observed_property, value.begin
