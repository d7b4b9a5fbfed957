"""Series: what a sensor measured of a property, with its readings, hours and days."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.models.base import Collection, Feature, Interval, Link, Model, Page, Point
from api.models.index import IndexBand


class Assessed(Model):
    """A raw value, what it was made into, and what was found on the way."""

    raw: float = Field(description="As sent, never changed; in `hours` the mean of the readings.")
    value: float | None = Field(description="Calibrated; null where none can be given: `flags` say why.")
    lower: float | None = Field(description="Lower end of the interval.")
    upper: float | None = Field(description="Upper end of the interval.")
    flags: tuple[str, ...] = Field(description="Names of all findings.")
    flag_mask: int = Field(description="The same findings as a bit mask.")
    quality: Literal[1, 2, 3, 4, 9] = Field(
        description="QARTOD: 1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing."
    )
    calibration_id: str | None = Field(description="The calibration that made the value: /v1/calibrations/{id}.")


class LatestValue(Assessed):
    """The last reading of a series."""

    station_id: str
    name: str
    series_id: int
    observed_property: str
    unit: str = Field(description="UCUM")
    sensor_model: str
    time: datetime = Field(description="End of the averaging interval.")
    simulated: bool
    index: IndexBand | None = Field(description="Band of `value`; null without a value or for other properties.")


class LatestFeature(Feature[str, LatestValue]):
    """A station with its last reading, as GeoJSON."""


class LatestCollection(Collection[LatestFeature]):
    """The last readings of one observed property, as GeoJSON."""

    interval: Interval = Interval()


class SeriesItem(Model):
    """One sensor's measurement of one property, with its last reading."""

    series_id: int
    sensor_name: str
    sensor_model: str
    observed_property: str
    unit: str
    latest: LatestValue | None


class ReadingItem(Assessed):
    """One reading."""

    time: datetime = Field(description="End of the averaging interval.")


class ReadingPage(Page[ReadingItem]):
    """One page of readings, oldest first."""

    interval: Interval = Interval()


class HourItem(Assessed):
    """One hour of a series."""

    begin: datetime
    end: datetime
    estimate: float | None = Field(
        description="Best estimate of the air at this place: sensor and references together."
    )
    estimate_lower: float | None
    estimate_upper: float | None
    raw_min: float | None = Field(description="With `asOf` null where other readings have come since; so are the next.")
    raw_max: float | None
    raw_sd: float | None = Field(description="Standard deviation of the hour's readings.")
    data_capture: float | None = Field(
        description="Share of the times that the series usually sends in an hour, twelve at most.", ge=0, le=1
    )


class HourPage(Page[HourItem]):
    """One page of hours, oldest first."""

    interval: Interval = Interval()


class DayItem(Model):
    """One day of a series, made of its hours; min, max, sd and quantiles are those of the hours' values."""

    begin: datetime
    end: datetime = Field(description="23, 24 or 25 hours later, as the time zone has it.")
    raw: float
    value: float | None = Field(description="Mean of the hours that have a value.")
    lower: float | None = Field(description="Mean of the hours' lower ends: as if their errors were one and the same.")
    upper: float | None
    estimate: float | None
    estimate_lower: float | None
    estimate_upper: float | None
    min: float | None
    max: float | None
    sd: float | None
    p5: float | None
    p25: float | None
    p50: float | None
    p75: float | None
    p95: float | None
    hours: int = Field(description="Hours with a value.")
    coverage: float = Field(description="Their share of the day's hours; below 0.75 the day is flagged low_capture.")
    flags: tuple[str, ...] = Field(description="Names of all findings in any hour.")
    flag_mask: int
    quality: Literal[1, 2, 3, 4, 9]
    calibration_ids: tuple[str, ...] = Field(description="All calibrations that made the hours.")


class DayPage(Page[DayItem]):
    """One page of days, oldest first."""

    interval: Interval = Interval()


class SeriesProperties(Model):
    """One sensor's measurement of one property, and its station."""

    series_id: int
    station_id: str
    name: str
    municipality: str | None
    project: str | None
    simulated: bool
    sensor_name: str
    sensor_model: str
    observed_property: str
    unit: str = Field(description="UCUM")


class PlacedSeries(SeriesProperties):
    """A series with the public position of its station."""

    geometry: Point


class SeriesPage(Page[PlacedSeries]):
    """One page of series, in the order of their ids."""


class SeriesFeature(Feature[int, SeriesProperties]):
    """A series as GeoJSON."""


class SeriesCollection(Collection[SeriesFeature]):
    """One page of series as GeoJSON."""

    next: str | None
    links: list[Link]
