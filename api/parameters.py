"""Query parameters: what every path may be asked, as types and as sets of them that paths share."""

from datetime import date, datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic.alias_generators import to_camel

from api.cursors import decode_time_cursor
from api.errors import BadParameterError
from api.parsing import FLAGS, Box, Place, parse_box, parse_day, parse_flags, parse_place, parse_time

LIMIT_DEFAULT = 1000
LIMIT_MAX = 10_000
SPAN_DEFAULT = timedelta(days=7)  # what a caller gets who names no begin
FLAG_PATTERN = "^({0})(,({0}))*$".format("|".join(FLAGS))
RADIUS_DEFAULT = 5000.0  # [m]
RADIUS_MAX = 500_000.0  # [m]: farther than across the Netherlands


class Span(NamedTuple):
    """A half-open time interval, UTC."""

    begin: datetime
    end: datetime


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
TIME_SCHEMA = WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-05-17T22:00:00Z"]})
DAY_SCHEMA = WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-05-17"]})
TimeParameter = Annotated[datetime, PlainValidator(parse_time), TIME_SCHEMA]
DayParameter = Annotated[date, PlainValidator(parse_day), DAY_SCHEMA]
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
CursorParameter = Annotated[
    str, Field(min_length=1, max_length=200, description="`next` of the page before; without it, the first.")
]


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


class RegionQuery(BoxQuery):
    """Rows inside a box, of a municipality or of an area."""

    municipality: TextParameter | None = Field(
        default=None, description="As the station has it: its name, as Hilversum. By outline: `area`."
    )
    area: TextParameter | None = Field(
        default=None, description="The code of an area of /v1/areas that holds the public position, as GM0402."
    )


class PlaceQuery(RegionQuery):
    """Rows inside a box, around a point, of a municipality, of an area or of a project."""

    near: PlaceParameter | None = None
    radius: float | None = Field(default=None, gt=0, le=RADIUS_MAX, description="[m] around `near`; 5000 without it.")
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
        begin = self.begin or min(end - SPAN_DEFAULT, self.reached() or end)
        if begin >= end:
            raise BadParameterError(
                "begin", f"begin {begin.isoformat()} is not before end {end.isoformat()}: the interval holds nothing."
            )
        return Span(begin, end)

    def reached(self) -> datetime | None:
        """Give the time where the page before ended: the next one begins there, however much later it is asked for."""
        return self.after_time()

    def after_time(self) -> datetime | None:
        """Give the time that the page before ended with; BadParameterError for a cursor that is not ours."""
        return decode_time_cursor(self.after) if self.after else None


class FlaggedQuery(SpanQuery):
    """Rows of a time interval with or without some flags."""

    flag: FlagParameter = Field(
        default_factory=int, description="Only rows with at least one of these flags, as spike,range."
    )
    without_flag: FlagParameter = Field(default_factory=int, description="Only rows with none of these flags.")
