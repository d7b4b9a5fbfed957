"""What callers of OpenAQ's API may ask: its own names, its own limits."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from api.cursors import KEY_MAX
from api.errors import BadParameterError
from api.parameters import DAY_SCHEMA, TIME_SCHEMA, BoxParameter, PlaceParameter
from api.parsing import parse_iso
from storage.openaq import Slice
from storage.stations import box

LIMIT_MAX = 1000
PAGE_MAX = 10_000
RADIUS_MAX = 25_000  # [m]
COUNTRY_ID, COUNTRY_CODE = 94, "NL"
OURS = 1
"""The id of the one owner, provider and licence."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Some ids; not a list, which FastAPI would fill from repeated parameters."""

    keys: tuple[int, ...]


def parse_moment(text: str) -> datetime:
    """Parse a date or a time, without an offset UTC; ValueError says what is wrong."""
    moment = parse_iso(text, like=r"\d{4}-\d\d-\d\d([Tt ]|$)", advice="write 2026-05-17 or 2026-05-17T22:00:00Z")
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def parse_day(text: str) -> date:
    """Parse a date, or the date of a time as it is written; ValueError says what is wrong."""
    parse_moment(text)
    return date.fromisoformat(text[:10])


def parse_keys(text: str) -> Keys:
    """Parse ids with commas between; ValueError says what is wrong."""
    if not re.fullmatch(r"\d{1,10}(,\d{1,10}){0,99}", text):
        raise ValueError(f"'{text[:40]}' is no list of ids: write one or more as 2,1")
    keys = tuple(int(part) for part in text.split(","))
    if max(keys) > KEY_MAX:
        raise ValueError(f"an id is at most {KEY_MAX}, not {max(keys)}")
    return Keys(keys)


Moment = Annotated[datetime, PlainValidator(parse_moment), TIME_SCHEMA]
Day = Annotated[date, PlainValidator(parse_day), DAY_SCHEMA]
KeysParameter = Annotated[
    Keys,
    PlainValidator(parse_keys),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,9}(,\d{1,9}){0,20}$", "examples": ["2,1"]}),
]


class PageQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: int = Field(default=1, ge=1, le=PAGE_MAX)
    limit: int = Field(default=100, ge=1, le=LIMIT_MAX)
    order_by: Literal["id"] = "id"
    sort_order: Literal["asc", "desc", "ASC", "DESC"] = "asc"

    @property
    def slice(self) -> Slice:
        """Give the page as storage takes it."""
        return Slice(self.limit, (self.page - 1) * self.limit)


class RisingQuery(PageQuery):
    """Which page of a list that has one order; another would be ignored in silence."""

    sort_order: Literal["asc", "ASC"] = "asc"


class CountryQuery(PageQuery):
    """Things of some countries; all of ours stand in one."""

    countries_id: KeysParameter | None = None
    iso: str | None = Field(default=None, pattern="^[A-Za-z]{2}$", description="ISO 3166-1 alpha-2.")

    @property
    def elsewhere(self) -> bool:
        """Tell whether another country is meant than the one that we are in."""
        return (self.countries_id is not None and COUNTRY_ID not in self.countries_id.keys) or (
            self.iso is not None and self.iso.upper() != COUNTRY_CODE
        )


class LocationQuery(CountryQuery):
    """Which locations."""

    coordinates: PlaceParameter | None = Field(default=None, description="lat,lon; `radius` goes with it.")
    radius: int | None = Field(default=None, gt=0, le=RADIUS_MAX, description="[m]; 1000 without it.")
    bbox: BoxParameter | None = None
    parameters_id: KeysParameter | None = None
    providers_id: KeysParameter | None = None
    licenses_id: KeysParameter | None = None
    owner_contacts_id: KeysParameter | None = None
    instruments_id: KeysParameter | None = None
    manufacturers_id: KeysParameter | None = None
    monitor: bool | None = Field(default=None, description="true: reference monitors, of which there are none here.")
    mobile: bool | None = Field(default=None, description="true: moving ones, of which there are none here.")

    def place(self) -> dict[str, Any]:
        """Name the edges and the circle for storage; BadParameterError for a radius around nothing."""
        if self.radius is not None and self.coordinates is None:
            raise BadParameterError("radius", "radius needs a point: add coordinates=lat,lon, or leave radius out.")
        near = self.coordinates
        return {
            "near_lat": near.latitude if near else None,
            "near_lon": near.longitude if near else None,
            "radius_m": self.radius or 1000,
            **box(self.bbox.corners if self.bbox else None),
        }

    @property
    def nobody(self) -> bool:
        """Tell whether something is asked for that no station of ours is."""
        ours = (self.providers_id, self.licenses_id, self.owner_contacts_id, self.manufacturers_id)
        return bool(self.monitor or self.mobile or self.elsewhere) or any(
            keys is not None and OURS not in keys.keys for keys in ours
        )


class ParameterQuery(CountryQuery):
    """Which parameters; not those of a place."""

    sort_order: Literal["asc", "ASC"] = "asc"
    parameter_type: Literal["pollutant", "meteorological"] | None = None


class LatestQuery(RisingQuery):
    """Last readings, those since a time."""

    datetime_min: Moment | None = None


class SpanQuery(RisingQuery):
    """Measurements of a time: by times, or longer means by days of the place; date_to is the first that is left out."""

    limit: int = Field(default=1000, ge=1, le=LIMIT_MAX)
    datetime_from: Moment | None = None
    datetime_to: Moment | None = None
    date_from: Day | None = None
    date_to: Day | None = None

    def times(self) -> dict[str, Any]:
        """Name the bounds of single rows for storage; BadParameterError for days, which are of longer means."""
        for name, day in (("date_from", self.date_from), ("date_to", self.date_to)):
            if day is not None:
                raise BadParameterError(name, f"{name} is for days and longer means: write datetime{name[4:]} here.")
        return {"begin": self.datetime_from, "end": self.datetime_to}

    def span(self) -> dict[str, Any]:
        """Name the bounds of longer means for storage."""
        return {
            "begin": self.datetime_from,
            "end": self.datetime_to,
            "first_day": self.date_from,
            "last_day": self.date_to,
        }
