"""Luchtmeetnet, the Dutch official network: hourly values of about 100 stations, not yet validated, no key needed.

Shapes as documented at api-docs.luchtmeetnet.nl. Three facts that the documents do not shout:
`timestamp_measured` is the END of the hour (the newer fields timestamp_measured_start and _end say so); an answer
covers at most 7 days, both ends included; an unknown formula gives 200 and no rows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec

from ingest.reference.client import Client, Limits, Params, Timing
from ingest.reference.errors import ReferenceMissingError, ReferenceShapeError
from ingest.reference.hours import HOUR, ReferenceValue, columns, full_hour, reference_value, rfc3339, windows
from ingest.reference.network import BoundingBox, inside
from storage.rows import ReferenceHours, ReferenceStation

BASE_URL = "https://api.luchtmeetnet.nl/open_api/"
LIMITS = Limits(requests=100, per_s=300.0)  # the documented fair use: 100 requests in 5 minutes
LONGEST = timedelta(days=6)  # below the 7 days allowed: whether a border stamp counts towards them is not documented
FORMULAS = {"pm2_5": "PM25", "pm10": "PM10", "no2": "NO2", "o3": "O3", "no": "NO", "so2": "SO2", "co": "CO"}
DEFAULT_PROPERTIES = ("pm2_5", "pm10", "no2", "o3")
UNIT = "ug/m3"  # of every formula above; the answer names none
NETHERLANDS: BoundingBox = (3.0, 50.0, 8.0, 54.0)  # a position outside it is a mistake, as exchanged coordinates
MOST_PAGES = 2000
ASKED_SINGLY = (
    25  # up to so many stations are asked for one by one; asking by formula brings those of the whole country
)

_NUMBER = re.compile(r"[A-Za-z0-9]{2,20}")
T = TypeVar("T")


class Pagination(msgspec.Struct):
    """Where an answer stands among the pages."""

    current_page: int
    last_page: int


class Page(msgspec.Struct, Generic[T]):
    """One page of a list."""

    data: list[T]
    pagination: Pagination | None = None


class StationItem(msgspec.Struct):
    """A station as listed."""

    number: str


class Geometry(msgspec.Struct):
    """A GeoJSON-like point: longitude, latitude."""

    coordinates: list[float | None] | None = None


class StationData(msgspec.Struct):
    """A station as described."""

    location: str | None = None
    type: str | None = None
    geometry: Geometry | None = None


class StationAnswer(msgspec.Struct):
    """The answer to stations/{number}."""

    data: StationData


class Measurement(msgspec.Struct):
    """One hourly value; the stamp is the end of the hour."""

    formula: str
    timestamp_measured: datetime
    value: float | None = None
    station_number: str | None = None
    timestamp_measured_start: datetime | None = None


def connect(timing: Timing, *, base_url: str = BASE_URL) -> Client:
    """Open a client within Luchtmeetnet's limits; redirects are followed, as the API has moved host."""
    return Client(base_url, LIMITS, timing, redirects=True)


class Luchtmeetnet:
    """The stations inside `bbox`, or those of `numbers` only; the list is read once and kept."""

    name = "luchtmeetnet"

    def __init__(
        self,
        client: Client,
        *,
        bbox: BoundingBox | None = None,
        numbers: Sequence[str] | None = None,
        observed_properties: Sequence[str] = DEFAULT_PROPERTIES,
        most_pages: int = MOST_PAGES,
    ) -> None:
        self._client = client
        self._most_pages = most_pages
        self._bbox = bbox
        self._numbers = numbers
        self._formulas = {FORMULAS[name]: name for name in observed_properties}
        self._stations: list[ReferenceStation] | None = None

    def stations(self) -> Iterator[ReferenceStation]:
        """Give the wanted stations that have a position; one request a station, so the answer is kept."""
        if self._stations is None:
            numbers = dict.fromkeys(self._wanted_numbers())  # each once, though pages may shift while we read
            found = (self._station(number) for number in numbers)
            self._stations = [station for station in found if station is not None]
        yield from self._stations

    def hours(self, begin: datetime, end: datetime) -> Iterator[ReferenceHours]:
        """Give the hours that begin in [begin, end), a page of the API at a time."""
        known = {station.reference_station_id for station in self.stations()}
        for piece_begin, piece_end in windows(begin, end, LONGEST):
            for query in self._queries(known):
                params = {"start": rfc3339(piece_begin), "end": rfc3339(piece_end), **query}
                for page in self._pages("measurements", params, Page[Measurement]):
                    values = list(self._values(page, query.get("station_number")))
                    found = [
                        v for v in values if v.reference_station_id in known and piece_begin <= v.begin < piece_end
                    ]
                    if found:
                        yield columns(found)

    def _wanted_numbers(self) -> Iterator[str]:
        if self._numbers is not None:
            yield from self._numbers
            return
        for page in self._pages("stations", {}, Page[StationItem]):
            yield from (item.number for item in page)

    def _station(self, number: str) -> ReferenceStation | None:
        if not _NUMBER.fullmatch(number):  # it becomes a part of the address
            raise ReferenceShapeError(f"stations: expected a number as NL10404, found {number!r}")
        try:
            data = self._client.get(f"stations/{number}", {}, StationAnswer).data
        except ReferenceMissingError:  # listed, but without a page of its own
            return None
        position = data.geometry.coordinates if data.geometry else None
        if not position or len(position) < 2 or position[0] is None or position[1] is None:
            return None
        longitude, latitude = position[0], position[1]
        if not (inside(NETHERLANDS, longitude, latitude) and inside(self._bbox, longitude, latitude)):
            return None
        site_type = data.type.lower() if data.type else None
        return ReferenceStation(number, self.name, data.location or number, latitude, longitude, site_type)

    def _queries(self, known: set[str]) -> list[Mapping[str, str]]:
        if len(known) <= ASKED_SINGLY:
            return [{"station_number": number} for number in sorted(known)]
        return [{"formula": formula} for formula in self._formulas]

    def _values(self, page: Sequence[Measurement], asked: str | None) -> Iterator[ReferenceValue]:
        for row in page:
            station = row.station_number or asked
            if station is None:
                raise ReferenceShapeError("measurements: expected a station_number in each row, found none")
            if row.formula in self._formulas:
                observed_property = self._formulas[row.formula]
                yield reference_value(station, observed_property, _begin(row), sent=row.value, unit=UNIT)

    def _pages(self, path: str, params: Params, shape: type[Page[T]]) -> Iterator[list[T]]:
        for number in range(1, self._most_pages + 1):
            page = self._client.get(path, {**params, "page": number}, shape)
            yield page.data
            if not page.data or page.pagination is None or number >= page.pagination.last_page:
                return
        raise ReferenceShapeError(f"{path}: expected at most {self._most_pages} pages, found more")


def _begin(row: Measurement) -> datetime:
    begin = full_hour(row.timestamp_measured) - HOUR
    start = row.timestamp_measured_start
    if start is not None and full_hour(start) != begin:
        stamp = row.timestamp_measured.isoformat()
        raise ReferenceShapeError(
            f"measurements: expected an hour that ends at {stamp}, found one from {start.isoformat()}"
        )
    return begin
