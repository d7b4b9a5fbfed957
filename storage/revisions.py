"""What was published when: every outcome of an hour, and the feed of those that another one replaced."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import psycopg

from storage.statements import fetch_rows


@dataclass(frozen=True, slots=True)
class PublishedHour:
    """An outcome of the hour [begin, end) as the platform gave it in [published_at, superseded_at); None: it stands."""

    begin: datetime
    end: datetime
    revision: int
    raw: float
    value: float | None
    lower: float | None
    upper: float | None
    estimate: float | None
    estimate_lower: float | None
    estimate_upper: float | None
    flags: int
    calibration_id: str | None
    published_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class HourChange:
    """One replacement: what was said of an hour until `superseded_at`, and revision `revision`, said from then on."""

    superseded_at: datetime
    station_id: str
    series_key: int
    observed_property: str
    begin: datetime
    end: datetime
    revision: int
    old_raw: float
    old_value: float | None
    old_estimate: float | None
    old_flags: int
    old_calibration_id: str | None
    raw: float
    value: float | None
    estimate: float | None
    flags: int
    calibration_id: str | None


class ChangeKey(NamedTuple):
    """Where a change stands in the feed; `revision` is the one that was replaced."""

    superseded_at: datetime
    series_key: int
    begin: datetime
    revision: int

    @classmethod
    def of(cls, change: HourChange) -> "ChangeKey":
        """Return the place of a change."""
        return cls(change.superseded_at, change.series_key, change.begin, change.revision - 1)


def list_revisions(
    conn: psycopg.Connection,
    series_key: int,
    begin: datetime,
    end: datetime,
    *,
    as_of: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 1000,
) -> list[PublishedHour]:
    """List the outcomes of a series' hours in [begin, end) by hour and revision.

    With `as_of` only what was published at that time, one an hour at most. `after` is begin and revision of the last
    row of the page before.
    """
    after_begin, after_revision = after or (None, None)
    parameters = {
        "series_key": series_key,
        "begin": begin,
        "end": end,
        "as_of": as_of,
        "after_begin": after_begin,
        "after_revision": after_revision,
        "limit": limit,
    }
    return fetch_rows(conn, PublishedHour, "list_revisions", parameters)


def list_changes(
    conn: psycopg.Connection, *, since: datetime, after: ChangeKey | None = None, limit: int = 1000
) -> list[HourChange]:
    """List the hours whose outcome was replaced at or after `since`, in the order in which that was committed."""
    after_time, after_series, after_begin, after_revision = after or (None, None, None, None)
    parameters = {
        "since": since,
        "after_time": after_time,
        "after_series": after_series,
        "after_begin": after_begin,
        "after_revision": after_revision,
        "limit": limit,
    }
    return fetch_rows(conn, HourChange, "list_changes", parameters)
