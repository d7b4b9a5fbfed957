"""Query parameters: what callers may write, parsed once, with errors that say what to write instead."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic.alias_generators import to_camel

from api.errors import BadParameterError
from validation.flags import Flag

LIMIT_DEFAULT = 1000
LIMIT_MAX = 10_000
SPAN_DEFAULT = timedelta(days=7)  # what a caller gets who names no begin
FLAGS = {flag.name.lower(): int(flag) for flag in Flag if flag.name}
FLAG_PATTERN = "^({0})(,({0}))*$".format("|".join(FLAGS))
YEARS = range(1970, 2200)  # what is outside is a slip of the pen, and near year 1 no week can be subtracted
RADIUS_DEFAULT = 5000.0  # [m]
RADIUS_MAX = 500_000.0  # [m]: farther than across the Netherlands


@dataclass(frozen=True, slots=True)
class Box:
    """A bounding box [degrees, WGS 84]."""

    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """Give the four numbers in the order of the parameter."""
        return (self.min_lon, self.min_lat, self.max_lon, self.max_lat)


@dataclass(frozen=True, slots=True)
class Place:
    """A point [degrees, WGS 84]."""

    latitude: float
    longitude: float


class Span(NamedTuple):
    """A half-open time interval, UTC."""

    begin: datetime
    end: datetime


def parse_box(text: str) -> Box:
    """Parse `minLon,minLat,maxLon,maxLat`; ValueError says what is wrong."""
    advice = "write bbox=minLon,minLat,maxLon,maxLat in degrees, as 5.1,52.1,5.3,52.3"
    min_lon, min_lat, max_lon, max_lat = _numbers(text, 4, advice)
    if not (-180 <= min_lon <= 180 and -180 <= max_lon <= 180 and -90 <= min_lat <= 90 and -90 <= max_lat <= 90):
        raise ValueError(f"'{text}' is outside longitude -180..180 or latitude -90..90: {advice}")
    if min_lon == max_lon or min_lat >= max_lat:  # minLon above maxLon is a box over the antimeridian
        raise ValueError(f"'{text}' is empty, or has its corners in the wrong order: {advice}")
    return Box(min_lon, min_lat, max_lon, max_lat)


def parse_place(text: str) -> Place:
    """Parse `lat,lon`; ValueError says what is wrong."""
    advice = "write near=lat,lon in degrees, as 52.22,5.18"
    latitude, longitude = _numbers(text, 2, advice)
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"'{text}' is outside latitude -90..90 or longitude -180..180: {advice}")
    return Place(latitude, longitude)


def parse_time(text: str) -> datetime:
    """Parse an RFC 3339 time with any offset to UTC; ValueError says what is wrong."""
    advice = "write an RFC 3339 time with its offset, as 2026-05-17T22:00:00Z or 2026-05-18T00:00:00%2B02:00"
    mended = re.sub(r" (\d\d:\d\d)$", r"+\1", text)  # an unescaped + arrives as a space
    if not re.match(r"\d{4}-\d\d-\d\d[Tt]", mended):
        raise ValueError(f"'{text}' is not a time: {advice}")
    try:
        time = datetime.fromisoformat(mended.upper())
    except ValueError as error:
        raise ValueError(f"'{text}' is not a time: {advice}") from error
    if time.tzinfo is None:
        raise ValueError(f"'{text}' has no offset, so it names no moment: {advice}")
    if time.year not in YEARS:
        raise ValueError(f"'{text}' is not between the years {YEARS[0]} and {YEARS[-1]}: {advice}")
    return time.astimezone(UTC)


def parse_day(text: str) -> date:
    """Parse a date as 2026-05-17; ValueError says what is wrong. (A number is no date, as it is to pydantic.)"""
    advice = "write a date as 2026-05-17"
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueError(f"'{text}' is not a date: {advice}")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a date: {advice}") from error
    if day.year not in YEARS:
        raise ValueError(f"'{text}' is not between the years {YEARS[0]} and {YEARS[-1]}: {advice}")
    return day


def parse_flags(text: object) -> int:
    """Parse names of flags with commas between to a mask; ValueError says which name is none."""
    mask = 0
    for name in str(text).split(","):
        if name not in FLAGS:
            raise ValueError(f"'{name}' is no flag: /v1/flags lists them; write several as spike,range")
        mask |= FLAGS[name]
    return mask


def encode_cursor(key: str) -> str:
    """Wrap the key of the last row of a page, so that nobody builds on what it holds."""
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_cursor(text: str) -> str:
    """Undo :func:`encode_cursor`; BadParameterError where it was not made by us."""
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
    except (Base64Error, ValueError) as error:
        raise _bad_cursor(text) from error
    if not key.isprintable() or encode_cursor(key) != text:  # the decoder skips what is not Base64
        raise _bad_cursor(text)
    return key


def decode_time_cursor(text: str) -> datetime:
    """Undo :func:`encode_cursor` of a time in ISO format; BadParameterError where it was not made by us."""
    try:
        return parse_time(decode_cursor(text))
    except ValueError as error:
        raise _bad_cursor(text) from error


def decode_key_cursor(text: str) -> int:
    """Undo :func:`encode_cursor` of a key of 4 bytes; BadParameterError where it was not made by us."""
    key = decode_cursor(text)
    if not re.fullmatch(r"[0-9]{1,10}", key) or int(key) >= 2**31:
        raise _bad_cursor(text)
    return int(key)


_LATITUDE, _LONGITUDE = r"-?[0-8]?\d(\.\d+)?", r"-?(1[0-7]\d|\d{1,2})(\.\d+)?"
_CORNER = f"{_LONGITUDE},{_LATITUDE}"

BoxParameter = Annotated[
    Box,
    PlainValidator(parse_box),
    WithJsonSchema(
        {
            "type": "string",
            "description": "minLon,minLat,maxLon,maxLat",
            "pattern": f"^{_CORNER},{_CORNER}$",
            "examples": ["5.1,52.1,5.3,52.3"],
        }
    ),
]
PlaceParameter = Annotated[
    Place,
    PlainValidator(parse_place),
    WithJsonSchema(
        {
            "type": "string",
            "description": "lat,lon",
            "pattern": f"^{_LATITUDE},{_LONGITUDE}$",
            "examples": ["52.22,5.18"],
        }
    ),
]
TimeParameter = Annotated[
    datetime,
    PlainValidator(parse_time),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-05-17T22:00:00Z"]}),
]
DayParameter = Annotated[
    date,
    PlainValidator(parse_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-05-17"]}),
]
FlagParameter = Annotated[
    int,
    PlainValidator(parse_flags),
    WithJsonSchema({"type": "string", "pattern": FLAG_PATTERN, "examples": ["spike,range"]}),
]
PropertyName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="As pm2_5, pm10, no2, o3, temperature.", examples=["pm2_5"]),
]
TextParameter = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
PRINTABLE = r"^[^\x00-\x1f\x7f]{1,200}$"  # of text in a path; a NUL is more than PostgreSQL takes
LimitParameter = Annotated[int, Field(ge=1, le=LIMIT_MAX, description=f"Rows of one page, at most {LIMIT_MAX}.")]
CursorParameter = Annotated[str, Field(max_length=200, description="`next` of the page before; without it, the first.")]


class Query(BaseModel):
    """What every path takes; a parameter that a path does not know is an error, never silently left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    f: str | None = Field(
        default=None,
        description="Format, instead of the Accept header: json, geojson, csv, ndjson, parquet or arrow, "
        "as the path offers.",
    )


class BoxQuery(Query):
    """Rows inside a box."""

    bbox: BoxParameter | None = None

    @property
    def corners(self) -> tuple[float, float, float, float] | None:
        """Give the box as storage takes it."""
        return self.bbox.corners if self.bbox else None


class PlaceQuery(BoxQuery):
    """Rows inside a box, around a point, of a municipality or of a project."""

    near: PlaceParameter | None = None
    radius: float | None = Field(default=None, gt=0, le=RADIUS_MAX, description="[m] around `near`; 5000 without it.")
    municipality: TextParameter | None = Field(default=None, description="Its name, as Hilversum.")
    project: TextParameter | None = Field(default=None, description="The measuring project, as its owner writes it.")

    def circle(self) -> tuple[tuple[float, float] | None, float | None]:
        """Give (lat, lon) and radius [m] as storage takes them; BadParameterError for a radius around nothing."""
        if self.near is not None:
            return (self.near.latitude, self.near.longitude), self.radius or RADIUS_DEFAULT
        if self.radius is not None:
            raise BadParameterError("radius", "radius needs a point: add near=lat,lon, or leave radius out.")
        return None, None


class SpanQuery(Query):
    """Rows of a time interval, begin included and end not, in pages."""

    begin: TimeParameter | None = Field(
        default=None, description="First moment, included. Without it, 7 days before end."
    )
    end: TimeParameter | None = Field(default=None, description="First moment left out. Without it, now.")
    limit: LimitParameter = LIMIT_DEFAULT
    after: CursorParameter | None = None

    def span(self, now: datetime) -> Span:
        """Complete the interval; BadParameterError where it is empty."""
        end = self.end or now
        begin = self.begin or end - SPAN_DEFAULT
        if begin >= end:
            raise BadParameterError(
                "begin", f"begin {begin.isoformat()} is not before end {end.isoformat()}: the interval holds nothing."
            )
        return Span(begin, end)

    def after_time(self) -> datetime | None:
        """Give the time that the page before ended with; BadParameterError for a cursor that is not ours."""
        return decode_time_cursor(self.after) if self.after else None


class FlaggedQuery(SpanQuery):
    """Rows of a time interval with or without some flags."""

    flag: FlagParameter = Field(
        default_factory=int, description="Only rows with at least one of these flags, as spike,range."
    )
    without_flag: FlagParameter = Field(default_factory=int, description="Only rows with none of these flags.")


def _numbers(text: str, count: int, advice: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ValueError(f"'{text}' is not {count} numbers: {advice}") from error
    if len(numbers) != count:
        raise ValueError(f"'{text}' has {len(numbers)} numbers, not {count}: {advice}")
    return numbers


def _bad_cursor(text: str) -> BadParameterError:
    return BadParameterError(
        "after", f"'{text}' is no cursor of ours: use `next` of the page before, or leave after out."
    )
