"""What was published when, as JSON: the outcomes of hours, and the feed of those that were replaced."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from api.models import Interval, Link, Model
from storage.revisions import HourChange, PublishedHour
from validation.flags import names


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


class RevisionPage(Model):
    """Outcomes of a series' hours, by hour and revision."""

    items: list[Revision]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last.")
    links: list[Link]
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


class ChangePage(Model):
    """Hours whose outcome was replaced, in the order in which that happened."""

    items: list[Change]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last.")
    resume: str | None = Field(
        description="Pass as `after`, at any later time, for what changed after this page; null while nothing has."
    )
    links: list[Link]


def revisions(rows: Iterable[PublishedHour]) -> list[Revision]:
    """Write outcomes as JSON has them."""
    return [
        Revision(
            begin=row.begin,
            end=row.end,
            revision=row.revision,
            published_at=row.published_at,
            superseded_at=row.superseded_at,
            raw=row.raw,
            value=row.value,
            lower=row.lower,
            upper=row.upper,
            estimate=row.estimate,
            estimate_lower=row.estimate_lower,
            estimate_upper=row.estimate_upper,
            flags=tuple(names(row.flags)),
            flag_mask=row.flags,
            calibration_id=row.calibration_id,
        )
        for row in rows
    ]


def changes(rows: Iterable[HourChange]) -> list[Change]:
    """Write replacements as JSON has them."""
    return [
        Change(
            changed_at=row.superseded_at,
            station_id=row.station_id,
            series_id=row.series_key,
            observed_property=row.observed_property,
            begin=row.begin,
            end=row.end,
            revision=row.revision,
            before=_said(row.old_raw, row.old_value, row.old_estimate, row.old_flags, row.old_calibration_id),
            after=_said(row.raw, row.value, row.estimate, row.flags, row.calibration_id),
        )
        for row in rows
    ]


def _said(raw: float, value: float | None, estimate: float | None, flags: int, calibration_id: str | None) -> Said:
    return Said(raw=raw, value=value, estimate=estimate, flags=tuple(names(flags)), calibration_id=calibration_id)
