"""The JSON of /v1: what each answer holds. Names are camelCase on the wire, times RFC 3339 in UTC."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """What all answers share: camelCase on the wire, nothing changed after it was made."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Interval(Model):
    """What `lower` and `upper` mean: so much of the true values lies between them."""

    level: float = 0.95
    k: float = 1.96


class Point(Model):
    """A GeoJSON point: longitude, latitude [degrees, WGS 84]. Of a station it is the public, displaced position."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class Link(Model):
    """A link as in the `Link` header."""

    rel: str
    href: str


class IndexBand(Model):
    """The band of the European Air Quality Index; on one value of one pollutant an indication."""

    band: int = Field(ge=1, le=6)
    name: str
    colour: str


class IndexEdges(Model):
    """Upper bounds, inclusive, of bands 1 to 5 of one pollutant [µg/m³]."""

    observed_property: str
    unit: str = "ug/m3"
    upper_bounds: list[float]


class IndexTable(Model):
    """The bands of the index and their bounds."""

    name: str
    source: str
    bands: list[IndexBand]
    properties: list[IndexEdges]


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


class LatestFeature(Model):
    """A station with its last reading, as GeoJSON."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: Point
    properties: LatestValue


class LatestCollection(Model):
    """The last readings of one observed property, as GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[LatestFeature]
    interval: Interval = Interval()


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


class StationPage(Model):
    """One page of stations, in the order of their ids."""

    items: list[StationItem]
    next: str | None = Field(description="Give it as `after` to get the next page; null on the last.")
    links: list[Link]


class StationFeature(Model):
    """A station as GeoJSON."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: Point
    properties: StationProperties


class StationCollection(Model):
    """One page of stations as GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[StationFeature]
    next: str | None
    links: list[Link]


class SeriesItem(Model):
    """One sensor's measurement of one property, with its last reading."""

    series_id: int
    sensor_name: str
    sensor_model: str
    observed_property: str
    unit: str
    latest: LatestValue | None


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


class ReadingItem(Assessed):
    """One reading."""

    time: datetime = Field(description="End of the averaging interval.")


class ReadingPage(Model):
    """One page of readings, oldest first."""

    items: list[ReadingItem]
    next: str | None
    links: list[Link]
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
    raw_min: float
    raw_max: float
    raw_sd: float | None = Field(description="Standard deviation of the hour's readings.")
    data_capture: float = Field(description="Share of the hour's twelve 5-minute slots with a reading.", ge=0, le=1)


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


class DayPage(Model):
    """One page of days, oldest first."""

    items: list[DayItem]
    next: str | None
    links: list[Link]
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


class SeriesPage(Model):
    """One page of series, in the order of their ids."""

    items: list[PlacedSeries]
    next: str | None
    links: list[Link]


class SeriesFeature(Model):
    """A series as GeoJSON."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: Point
    properties: SeriesProperties


class SeriesCollection(Model):
    """One page of series as GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[SeriesFeature]
    next: str | None
    links: list[Link]


class HourPage(Model):
    """One page of hours, oldest first."""

    items: list[HourItem]
    next: str | None
    links: list[Link]
    interval: Interval = Interval()


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


class ReferenceStationFeature(Model):
    """An official station as GeoJSON."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: Point
    properties: ReferenceStationProperties


class ReferenceStationCollection(Model):
    """Official stations as GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[ReferenceStationFeature]


class ReferenceHourItem(Model):
    """One official hour, in its newest revision."""

    begin: datetime
    end: datetime
    value: float | None = Field(description="[µg/m³]; null: withdrawn by the network.")
    validity: int = Field(description="EEA: 1 valid, 2 and 3 below the detection limit, -1 not valid, -99 maintenance.")
    verification: int = Field(description="EEA: 1 verified, 2 preliminary, 3 not verified.")
    revision: int = Field(description="0 as first published; each later correction counts one up.")


class ReferenceHourPage(Model):
    """Hours of one official station and property, oldest first."""

    items: list[ReferenceHourItem]
    next: str | None
    links: list[Link]


class Term(Model):
    """One term of the worked example: coefficient × input."""

    feature: str
    coefficient: float
    input: float
    product: float


class WorkedExample(Model):
    """What the calibration makes of one reading, term by term."""

    raw: float
    relative_humidity: float = Field(description="[%]")
    temperature: float = Field(description="[°C]")
    terms: list[Term]
    value: float | None = Field(description="Sum of the terms, at least 0; null where this calibration gives no value.")


class Explanation(Model):
    """The calibration in plain sentences, made from the record."""

    en: list[str]
    nl: list[str]
    example: WorkedExample


class FlagMeaning(Model):
    """One flag in words."""

    flag: str
    mask: int = Field(description="Its bit.")
    quality: Literal[1, 2, 3, 4, 9] = Field(description="QARTOD level of a value with this flag alone.")
    en: str
    nl: str


class FlagTable(Model):
    """All flags."""

    items: list[FlagMeaning]


class StepTerm(Model):
    """One term of a value: coefficient × input."""

    feature: str
    coefficient: float
    input: float | None = Field(description="null: not measured then; the mean of the window stood in for it.")
    product: float | None


class ReferenceShare(Model):
    """An official station that a calibration rests on."""

    reference_station_id: str
    name: str
    distance_m: int = Field(description="From the public position, rounded to 100 m.")
    weight: float = Field(description="Share of 1.")


class MomentExplanation(Model):
    """How one value came about, step by step."""

    series_id: int
    station_id: str
    sensor_model: str
    observed_property: str
    unit: str
    begin: datetime | None = Field(description="Begin of the hour; null for a single reading.")
    time: datetime = Field(description="End of the averaging interval.")
    raw: float
    findings: list[FlagMeaning] = Field(description="What the checks found.")
    quality: Literal[1, 2, 3, 4, 9]
    calibration_id: str | None
    calibration_status: str | None
    terms: list[StepTerm]
    sum: float | None = Field(description="Sum of the products, null where one is not known; `value` is not below 0.")
    references: list[ReferenceShare]
    value: float | None
    lower: float | None
    upper: float | None
    interval: Interval = Interval()


class CalibrationDetail(Model):
    """One calibration, as it was fitted and never changed since."""

    calibration_id: str
    series_id: int
    station_id: str
    sensor_model: str
    observed_property: str
    unit: str
    fitted_at: datetime
    valid_begin: datetime
    valid_end: datetime | None = Field(description="null: until a newer one begins.")
    method: str
    status: str
    window_begin: datetime
    window_end: datetime
    coefficients: dict[str, float | None]
    covariance: list[list[float | None]] = Field(description="In the order of `coefficients`.")
    interval_parts: dict[str, float | None]
    reference_weight: dict[str, float | None]
    scores: dict[str, float | None]
    provenance: dict[str, Any]
    explanation: Explanation
    interval: Interval = Interval()


class Health(Model):
    """Whether the platform works: `ok`, `stale` (no reading for an hour) or `empty` (no reading yet)."""

    status: Literal["ok", "stale", "empty"]
    database: Literal["ok"]
    newest_reading: datetime | None
    newest_hour: datetime | None
    version: str
