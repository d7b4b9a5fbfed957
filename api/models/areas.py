"""Areas, and what the stations in one measured together."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.models.base import Interval, Link, Model, Page


class AreaItem(Model):
    """An area that statistics are made for."""

    code: str = Field(description="As GM0402, WK040201, BU04020103: CBS.")
    name: str
    kind: str = Field(description="municipality, district, neighbourhood, province, or what the operator calls it.")
    bbox: tuple[float, float, float, float] = Field(description="minLon,minLat,maxLon,maxLat")


class AreaPage(Page[AreaItem]):
    """One page of areas, in the order of their codes."""


class Outline(Model):
    """A GeoJSON outline."""

    type: Literal["MultiPolygon"]
    coordinates: list[Any]


class AreaDetail(AreaItem):
    """An area with its outline."""

    geometry: Outline
    source: str = Field(description="The file that it was loaded from.")
    loaded_at: datetime


class AreaFeature(Model):
    """An area as GeoJSON."""

    type: Literal["Feature"] = "Feature"
    id: str
    bbox: tuple[float, float, float, float]
    geometry: Outline
    properties: AreaItem


class AreaCollection(Model):
    """One page of areas as GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[AreaFeature]
    next: str | None
    links: list[Link]


class AreaStatistics(Model):
    """What the stations of an area measured: one mean a station, and of these the median and the spread."""

    area: AreaItem
    observed_property: str
    unit: str | None
    begin: datetime
    end: datetime
    stations: int = Field(description="Active stations in the area, by their public positions.")
    measuring: int = Field(description="Those of them that have a value in this time.")
    hidden: bool = Field(description="true: fewer than three stations measure, so no number is given.")
    median: float | None
    mean: float | None
    lower: float | None = Field(description="Lower end of the interval of the median.")
    upper: float | None = Field(description="Upper end of it.")
    min: float | None = Field(description="Of the stations' means.")
    max: float | None
    sd: float | None
    p5: float | None
    p25: float | None
    p75: float | None
    p95: float | None
    coverage: float | None = Field(description="Share of the measuring stations' hours that have a value.")
    interval: Interval = Interval()
