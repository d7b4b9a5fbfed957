"""Answers in the shape of OpenAQ's API v3; what is ours beside it says so in its description."""

from typing import Any, Generic, Literal, TypeVar

from pydantic import Field

from api.models.base import Model

Result = TypeVar("Result")


class Meta(Model):
    """What stands above every list."""

    name: str
    website: str
    page: int
    limit: int
    found: int | str = Field(description="How many there are, or `>` and how many there are at least.")


class Answer(Model, Generic[Result]):
    """One page of a list."""

    meta: Meta
    results: list[Result]


class Named(Model):
    """Something with an id and a name."""

    id: int
    name: str


class CountryBase(Named):
    """A country; `code` is ISO 3166-1 alpha-2."""

    code: str


class ParameterBase(Named):
    """What is measured, and in which unit."""

    units: str
    display_name: str | None


class Parameter(ParameterBase):
    """What is measured, in words."""

    description: str
    parameter_type: Literal["pollutant", "meteorological"]


class Times(Model):
    """A time in UTC and as the clock of the place shows it."""

    utc: str
    local: str


class Coordinates(Model):
    """A public position [degrees, WGS 84]."""

    latitude: float
    longitude: float


class SensorBase(Named):
    """One series of a location."""

    parameter: ParameterBase


class LocationLicense(Named):
    """The licence as it stands with a location."""

    attribution: Named
    date_from: str | None
    date_to: str | None


class Location(Named):
    """A station."""

    station_id: str = Field(description="The id of /v1.")
    locality: str | None
    timezone: str
    country: CountryBase
    owner: Named
    provider: Named
    is_mobile: bool
    is_monitor: bool
    instruments: list[Named]
    sensors: list[SensorBase]
    coordinates: Coordinates
    licenses: list[LocationLicense]
    bounds: tuple[float, float, float, float]
    distance: float | None = Field(description="[m] from `coordinates`.")
    datetime_first: Times | None
    datetime_last: Times | None


class LastOfSensor(Model):
    """The last reading of a sensor."""

    datetime: Times
    value: float
    coordinates: Coordinates


class Sensor(SensorBase):
    """One series."""

    datetime_first: Times | None
    datetime_last: Times | None
    coverage: None
    summary: None
    latest: LastOfSensor | None


class Latest(LastOfSensor):
    """The last reading of a sensor, and whose it is."""

    sensors_id: int
    locations_id: int


class FlagInfo(Model):
    """Whether something was found."""

    has_flags: bool


class Period(Model):
    """What a value is a mean of."""

    label: str
    interval: str
    datetime_from: Times
    datetime_to: Times


class Summary(Model):
    """How the hours of a longer period were spread."""

    min: float
    q02: float
    q25: float
    median: float
    q75: float
    q98: float
    max: float
    avg: float
    sd: float | None


class Coverage(Model):
    """How much of the period was measured."""

    expected_count: int | None
    expected_interval: str | None
    observed_count: int
    observed_interval: str
    percent_complete: float | None
    percent_coverage: float | None
    datetime_from: Times
    datetime_to: Times


class Measurement(Model):
    """A reading, an hour, or a longer mean: calibrated where the parameter is, else as sent."""

    value: float
    raw: float | None = Field(default=None, description="As sent; ours. Left out of longer means.")
    lower: float | None = Field(default=None, description="Lower end of the 95 % interval of an hour; ours.")
    upper: float | None = Field(default=None, description="Upper end of it; ours.")
    flag_info: FlagInfo
    parameter: ParameterBase
    period: Period
    coordinates: None
    summary: Summary | None
    coverage: Coverage


class Country(CountryBase):
    """The country that all stations are in."""

    datetime_first: str | None
    datetime_last: str | None
    parameters: list[ParameterBase]


class Provider(Named):
    """Who gives the data out: this platform."""

    source_name: str
    export_prefix: str
    datetime_added: str | None
    datetime_first: str | None
    datetime_last: str | None
    entities_id: int
    parameters: list[ParameterBase]
    bbox: dict[str, Any] | None


class Instrument(Named):
    """A sensor model."""

    is_monitor: bool
    manufacturer: Named


class Manufacturer(Named):
    """Nobody writes down who made a sensor, so there is one."""

    instruments: list[Named]


class License(Named):
    """The licence of everything."""

    commercial_use_allowed: bool
    attribution_required: bool
    share_alike_required: bool
    modification_allowed: bool
    redistribution_allowed: bool
    source_url: str
