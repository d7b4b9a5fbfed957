"""What callers write, read once: boxes, points, times, days and flags; a ValueError says what to write instead."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from validation.flags import Flag

FLAGS = {flag.name.lower(): int(flag) for flag in Flag if flag.name}
YEARS = range(1970, 2200)  # what is outside is a slip of the pen, and near year 1 no week can be subtracted

Day = TypeVar("Day", date, datetime)


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
    time = parse_iso(text, like=r"\d{4}-\d\d-\d\d[Tt]", advice=advice)
    if time.tzinfo is None:
        raise ValueError(f"'{text}' has no offset, so it names no moment: {advice}")
    return time.astimezone(UTC)


def parse_iso(text: str, *, like: str, advice: str) -> datetime:
    """Parse a time that begins as the pattern `like`, with or without an offset; ValueError ends with the advice."""
    mended = re.sub(r" (\d\d:\d\d)$", r"+\1", text)  # an unescaped + arrives as a space
    if not re.match(like, mended):
        raise ValueError(f"'{text}' is not a time: {advice}")
    try:
        time = datetime.fromisoformat(mended.upper())
    except ValueError as error:
        raise ValueError(f"'{text}' is not a time: {advice}") from error
    return _in_years(time, text, advice)


def parse_day(text: str) -> date:
    """Parse a date as 2026-05-17; ValueError says what is wrong. (A number is no date, as it is to pydantic.)"""
    advice = "write a date as 2026-05-17"
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueError(f"'{text}' is not a date: {advice}")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a date: {advice}") from error
    return _in_years(day, text, advice)


def parse_flags(text: object) -> int:
    """Parse names of flags with commas between to a mask; ValueError says which name is none."""
    mask = 0
    for name in str(text).split(","):
        if name not in FLAGS:
            raise ValueError(f"'{name}' is no flag: /v1/flags lists them; write several as spike,range")
        mask |= FLAGS[name]
    return mask


def _in_years(found: Day, text: str, advice: str) -> Day:
    if found.year not in YEARS:
        raise ValueError(f"'{text}' is not between the years {YEARS[0]} and {YEARS[-1]}: {advice}")
    return found


def _numbers(text: str, count: int, advice: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ValueError(f"'{text}' is not {count} numbers: {advice}") from error
    if len(numbers) != count:
        raise ValueError(f"'{text}' has {len(numbers)} numbers, not {count}: {advice}")
    return numbers
