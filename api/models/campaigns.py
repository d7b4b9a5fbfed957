"""Campaigns, what their stations measured together, and their passive samples."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.models.base import Interval, Model, Page, Point


class CampaignItem(Model):
    """A campaign: people who measure together for a time to answer one question."""

    code: str
    name_nl: str
    name_en: str
    question_nl: str
    question_en: str
    observed_property: str
    begin: datetime
    end: datetime
    joining: Literal["open", "invitation"]
    contact_name: str = Field(description="The team that answers questions.")
    contact_email: str
    area_code: str | None = Field(description="The area that it is about, of /v1/areas.")
    stations: int
    samples: int = Field(description="Passive samples, without blanks and those beside reference stations.")


class CampaignPage(Page[CampaignItem]):
    """One page of campaigns, in the order of their codes."""


class CampaignStatistics(Model):
    """What its stations measured: one mean a station, and of these the median."""

    observed_property: str
    unit: str | None
    begin: datetime
    end: datetime
    stations: int
    measuring: int = Field(description="Those of them that have a value in this time.")
    hidden: bool = Field(description="true: fewer than three stations measure, so no number is given.")
    median: float | None
    lower: float | None = Field(description="Lower end of the interval of the median.")
    upper: float | None = Field(description="Upper end of it.")
    coverage: float | None = Field(description="Share of the measuring stations' hours that have a value.")
    interval: Interval = Interval()


class SampleBatch(Model):
    """Samples that one laboratory analysed together, and how they were adjusted."""

    label: str
    method: str
    unit: str
    samples: int
    blanks: Literal["laboratory", "subtract"] = Field(description="Who subtracted the blanks: the laboratory, or we.")
    blank_count: int
    blank_mean: float | None
    pair_count: int = Field(description="Samples beside reference stations that the factor was made of.")
    factor: float | None = Field(description="What values were multiplied with; null: fewer than three pairs.")
    factor_lower: float | None
    factor_upper: float | None
    adjustment: str | None
    source: str = Field(description="Where the method's uncertainty comes from.")


class CampaignDetail(CampaignItem):
    """A campaign with its figures."""

    answer_nl: str = Field(description="The answer in the words of its lead; empty while there is none.")
    answer_en: str
    consent_version: int
    consent_nl: str
    consent_en: str
    statistics: CampaignStatistics
    batches: list[SampleBatch]


class SampleItem(Model):
    """One passive sample: raw as the laboratory wrote it, and the adjusted value beside it."""

    sample_id: str
    batch: str
    method: str
    kind: Literal["sample", "blank", "reference"]
    place: str | None
    begin: datetime
    end: datetime
    geometry: Point | None = Field(description="Displaced like a station, unless placeIsPublic.")
    place_is_public: bool
    unit: str
    raw: float
    below_limit: bool = Field(description="true: the laboratory wrote that it is below raw.")
    value: float | None
    lower: float | None = Field(description="Lower end of the 95 % interval; null where no uncertainty was stated.")
    upper: float | None
    limited: bool = Field(description="true: below the limit of detection; value is half of it.")
    reference_station: str | None
    adjustment: str | None


class SamplePage(Page[SampleItem]):
    """One page of samples, in the order in which they were stored."""

    interval: Interval = Interval()
