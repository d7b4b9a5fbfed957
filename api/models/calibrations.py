"""A calibration, and how one value came about, told so that a reader can check it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.models.base import Interval, Model


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
