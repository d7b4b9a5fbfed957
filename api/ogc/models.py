"""Answers of OGC API Features (OGC 17-069r4)."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.models.base import Model


class WebLink(Model):
    """A link (RFC 8288)."""

    href: str
    rel: str
    type: str
    title: str | None = None


class Landing(Model):
    """Where everything is."""

    title: str
    description: str
    links: list[WebLink]


class Conformance(Model):
    """Which classes of the standard are kept."""

    conforms_to: list[str]


class Spatial(Model):
    """The box around all features [degrees]."""

    bbox: list[list[float]]
    crs: str


class Temporal(Model):
    """From when to when."""

    interval: list[list[datetime | None]]


class Extent(Model):
    """Where and when."""

    spatial: Spatial
    temporal: Temporal


class Collection(Model):
    """Features of one kind."""

    id: str
    title: str
    description: str
    item_type: Literal["feature"] = "feature"
    extent: Extent | None = None
    crs: list[str]
    storage_crs: str
    links: list[WebLink]


class Collections(BaseModel):
    """All collections."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    links: list[WebLink]
    crs: list[str]
    collections: list[Collection]


class OgcGeometry(Model):
    """A GeoJSON geometry, in the system that was asked for."""

    type: Literal["Point", "MultiPolygon"]
    coordinates: list[Any]


class CrsName(Model):
    """The name of a system, as `urn:ogc:def:crs:EPSG::28992`."""

    name: str


class NamedCrs(Model):
    """The system of a document's coordinates, as GeoJSON of 2008 wrote it."""

    type: Literal["name"] = "name"
    properties: CrsName


class OgcFeature(Model):
    """One feature."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: OgcGeometry
    properties: dict[str, Any]
    links: list[WebLink] | None = None
    crs: NamedCrs | None = Field(default=None, description="Of systems in metres only.")


class OgcFeatures(Model):
    """One page of features."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    crs: NamedCrs | None = Field(default=None, description="Of systems in metres only.")
    features: list[OgcFeature]
    number_returned: int
    links: list[WebLink] = Field(description="`next` leads to the next page.")
