"""What was published when: the outcomes of hours, and the feed of those that were replaced."""

from datetime import datetime

from pydantic import Field

from api.models.base import Interval, Model, Page


class Revision(Model):
    """One outcome of an hour as the platform gave it from `publishedAt` until `supersededAt`."""

    begin: datetime
    end: datetime
    revision: int = Field(description="0 is the first outcome of the hour.")
    published_at: datetime
    superseded_at: datetime | None = Field(description="When another outcome took its place; null: it stands.")
    raw: float = Field(description="The mean of the readings that it was made from.")
    value: float | None
    lower: float | None
    upper: float | None
    estimate: float | None
    estimate_lower: float | None
    estimate_upper: float | None
    flags: tuple[str, ...]
    flag_mask: int
    calibration_id: str | None = Field(description="The calibration that made the value: /v1/calibrations/{id}.")


class RevisionPage(Page[Revision]):
    """Outcomes of a series' hours, by hour and revision."""

    interval: Interval = Interval()


class Said(Model):
    """What the platform said of an hour."""

    raw: float
    value: float | None
    estimate: float | None
    flags: tuple[str, ...]
    calibration_id: str | None


class Change(Model):
    """One replacement: what was said of an hour until `changedAt`, and what from then on."""

    changed_at: datetime
    station_id: str
    series_id: int
    observed_property: str
    begin: datetime
    end: datetime
    revision: int = Field(description="The number of the new outcome.")
    before: Said
    after: Said


class ChangePage(Page[Change]):
    """Hours whose outcome was replaced, in the order in which that happened."""

    resume: str | None = Field(
        description="Pass as `after`, at any later time, for what changed after this page; null while nothing has."
    )
