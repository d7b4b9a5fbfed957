"""What callers of OGC API Features may ask (OGC 17-069r4, 18-058r1), in the standard's own names."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from api.errors import BadParameterError
from api.ogc import crs
from api.ogc.crs import CRS84, CrsParameter
from api.parameters import CursorParameter
from api.parsing import parse_day, parse_time

LIMIT_DEFAULT, LIMIT_MAX = 1000, 10_000
DAY = timedelta(days=1) - timedelta(microseconds=1)
_DAY = r"\d{4}-\d\d-\d\d"


class Corners(BaseModel):
    """A box in any system: (min, min, max, max)."""

    model_config = ConfigDict(frozen=True)

    numbers: crs.Bounds


class Time(BaseModel):
    """An instant, or an interval with an end that may be open."""

    model_config = ConfigDict(frozen=True)

    begin: datetime | None
    end: datetime | None


def parse_corners(text: str) -> Corners:
    """Parse four numbers, or six of which the heights do not count; ValueError says what is wrong."""
    advice = "write bbox=minX,minY,maxX,maxY"
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ValueError(f"'{text[:80]}' is not numbers: {advice}") from error
    if len(numbers) == 6:
        numbers = [numbers[index] for index in (0, 1, 3, 4)]
    if len(numbers) != 4 or not all(abs(number) < 1e8 for number in numbers):
        raise ValueError(f"'{text[:80]}' is not four numbers of a box: {advice}")
    first, second, third, fourth = numbers
    return Corners(numbers=(first, second, third, fourth))


def parse_datetime(text: str) -> Time:
    """Parse a time, a date, or two with / between, either of which may be `..`; ValueError says what is wrong."""
    if text in ("", ".."):
        raise ValueError("write a time, begin/end, ../end or begin/..")
    parts = [_moment(part) for part in text.split("/")]
    if len(parts) > 2:
        raise ValueError(f"'{text[:80]}' has more than one /: write begin/end, or ../end, or begin/..")
    if len(parts) == 2 and parts[0] and parts[1] and parts[0] > parts[1]:
        raise ValueError(f"'{text[:80]}' ends before it begins")
    return Time(begin=parts[0], end=_last_moment(text.rpartition("/")[2], parts[-1]))


def _last_moment(text: str, moment: datetime | None) -> datetime | None:
    """Let a day that ends an interval, or stands alone, last until its last moment."""
    return moment + DAY if moment and re.fullmatch(_DAY, text) else moment


def _moment(text: str) -> datetime | None:
    if text in ("", ".."):
        return None
    if re.fullmatch(_DAY, text):
        day = parse_day(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    return parse_time(text)


_NUMBER = r"-?\d{1,7}(\.\d{1,9})?"
CornersParameter = Annotated[
    Corners,
    PlainValidator(parse_corners),
    WithJsonSchema(
        {
            "type": "string",
            "description": "minX,minY,maxX,maxY in the order of the axes of bbox-crs",
            "pattern": f"^({_NUMBER},){{3}}{_NUMBER}$",
            "examples": ["5.1,52.1,5.3,52.3"],
        }
    ),
]
DatetimeParameter = Annotated[
    Time,
    PlainValidator(parse_datetime),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 3,
            "description": "time, begin/end, ../end or begin/..",
            "examples": ["2026-05-17T22:00:00Z"],
        }
    ),
]


Limit = Annotated[
    int,
    Field(ge=1, description=f"Features of one page; above {LIMIT_MAX} it is {LIMIT_MAX}."),
    AfterValidator(lambda number: min(number, LIMIT_MAX)),  # more is no error (OGC 17-069r4, fc-limit-definition)
]


class FormatQuery(BaseModel):
    """What every path takes; a parameter that it does not know is an error, as the standard asks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    f: str | None = Field(default=None, pattern="^json$", description="json, the one format.")


class ItemQuery(FormatQuery):
    """One feature in some system."""

    crs: CrsParameter = CRS84

    @property
    def system(self) -> str:
        """Give PROJ's name of the system of the answer."""
        return crs.known(self.crs, "crs")


class ItemsQuery(ItemQuery):
    """Some features."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    bbox: CornersParameter | None = None
    bbox_crs: CrsParameter = Field(default=CRS84, alias="bbox-crs")
    datetime: DatetimeParameter | None = Field(default=None, description="Stations that were there then.")
    limit: Limit = LIMIT_DEFAULT
    after: CursorParameter | None = None

    def degrees(self) -> crs.Bounds | None:
        """Give the box in degrees; BadParameterError where it is none."""
        system = crs.known(self.bbox_crs, "bbox-crs")
        if self.bbox is None:
            return None
        west, south, east, north = found = crs.bounds(self.bbox.numbers, system, "bbox")
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
            raise BadParameterError(
                "bbox", f"{found} [degrees] is not on Earth, or has its corners in the wrong order."
            )
        return found
