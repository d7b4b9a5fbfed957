"""Official stations and their hours."""

from datetime import datetime

from pydantic import Field

from api.models.base import Collection, Feature, Model, Page, Point


class ReferenceStationProperties(Model):
    """What is known of an official station."""

    reference_station_id: str
    network: str
    name: str
    site_type: str | None


class ReferenceStationItem(ReferenceStationProperties):
    """An official station with its position."""

    geometry: Point


class ReferenceStationPage(Model):
    """Official stations."""

    items: list[ReferenceStationItem]


class ReferenceStationFeature(Feature[str, ReferenceStationProperties]):
    """An official station as GeoJSON."""


class ReferenceStationCollection(Collection[ReferenceStationFeature]):
    """Official stations as GeoJSON."""


class ReferenceHourItem(Model):
    """One official hour, in its newest revision."""

    begin: datetime
    end: datetime
    value: float | None = Field(description="[µg/m³]; null: withdrawn by the network.")
    validity: int = Field(description="EEA: 1 valid, 2 and 3 below the detection limit, -1 not valid, -99 maintenance.")
    verification: int = Field(description="EEA: 1 verified, 2 preliminary, 3 not verified.")
    revision: int = Field(description="0 as first published; each later correction counts one up.")


class ReferenceHourPage(Page[ReferenceHourItem]):
    """Hours of one official station and property, oldest first."""
