"""Citizen stations, with their public positions."""

from datetime import datetime

from pydantic import Field

from api.models.base import Collection, Feature, Interval, Link, Model, Page, Point
from api.models.series import SeriesItem


class StationProperties(Model):
    """What everybody may know of a station."""

    station_id: str
    name: str
    municipality: str | None
    project: str | None
    simulated: bool
    created_at: datetime
    removed_at: datetime | None


class StationItem(StationProperties):
    """A station with its public position."""

    geometry: Point


class StationPage(Page[StationItem]):
    """One page of stations, in the order of their ids."""


class StationFeature(Feature[str, StationProperties]):
    """A station as GeoJSON."""


class StationCollection(Collection[StationFeature]):
    """One page of stations as GeoJSON."""

    next: str | None
    links: list[Link]


class NearestReference(Model):
    """The official station that stands closest to the public position."""

    reference_station_id: str
    name: str
    distance_m: int = Field(description="[m]")


class StationDetail(StationItem):
    """A station with its series."""

    series: list[SeriesItem]
    nearest_reference: NearestReference | None
    interval: Interval = Interval()
