"""What all answers of /v1 share. Names are camelCase on the wire, times RFC 3339 in UTC."""

from typing import Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Item = TypeVar("Item")
Key = TypeVar("Key", str, int)
Properties = TypeVar("Properties")


class Model(BaseModel):
    """What all answers share: camelCase on the wire, nothing changed after it was made."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    @classmethod
    def of(cls, row: object, **more: Any) -> Self:
        """Fill the fields from a row's attributes of the same names; `more` has those that it names otherwise."""
        names = (name for name in cls.model_fields if name not in more and hasattr(row, name))
        return cls(**{name: getattr(row, name) for name in names}, **more)


class Interval(Model):
    """What `lower` and `upper` mean: so much of the true values lies between them."""

    level: float = 0.95
    k: float = 1.96


class Link(Model):
    """A link as in the `Link` header."""

    rel: str
    href: str


class Page(Model, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None = Field(description="Give it as `after` to get the next page; null on the last.")
    links: list[Link]


class Point(Model):
    """A GeoJSON point: longitude, latitude [degrees, WGS 84]. Of a station it is the public, displaced position."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class Feature(Model, Generic[Key, Properties]):
    """Something with a place, as GeoJSON."""

    type: Literal["Feature"] = "Feature"
    id: Key
    geometry: Point
    properties: Properties


class Collection(Model, Generic[Item]):
    """Features, as GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Item]
