"""What the stations of a campaign measured together, for the API, the page and the report alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from psycopg import Connection

from api.area_interval import interval
from storage import campaigns
from storage.campaigns import Campaign, Measured
from validation.flags import FAIL

SPAN_MAX = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Figures:
    """One number a station, and of these the median; without median fewer than three stations measured."""

    observed_property: str
    unit: str | None
    begin: datetime
    end: datetime
    stations: int
    measuring: int
    median: float | None
    lower: float | None
    upper: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True)
class _Together:
    measuring: int
    median: float | None
    sd: float | None
    half: float | None


def span(campaign: Campaign, now: datetime) -> tuple[datetime, datetime]:
    """Give the hours of a campaign that are over by now, at most the last year of them; empty before it begins."""
    end = min(campaign.end, now.replace(minute=0, second=0, microsecond=0))
    begin = max(campaign.begin, end - SPAN_MAX)
    return (begin, end) if end > begin else (campaign.begin, campaign.begin)


def gather(
    conn: Connection, campaign: Campaign, observed_property: str, now: datetime
) -> tuple[Figures, Sequence[Measured]]:
    """Fetch what each station measured, and sum it up."""
    begin, end = span(campaign, now)
    rows = campaigns.measured(conn, campaign.campaign_key, observed_property, begin, end, fail=int(FAIL))
    values = np.array([row.value for row in rows if row.value is not None], np.float64)
    halves = np.array([row.half for row in rows if row.half is not None], np.float64)
    found = _Together(
        measuring=values.size,
        median=float(np.median(values)) if values.size else None,
        sd=float(values.std(ddof=1)) if values.size > 1 else None,
        half=float(halves.mean()) if halves.size else None,
    )
    median, lower, upper = interval(found) or (None, None, None)
    hours = (end - begin) / timedelta(hours=1) * values.size
    covered = sum(row.hours for row in rows if row.value is not None) / hours if hours and median is not None else None
    unit = next((row.unit for row in rows if row.unit), None)
    figures = Figures(
        observed_property, unit, begin, end, len(rows), values.size, median, lower, upper,
        None if covered is None else min(1.0, covered),
    )  # fmt: skip
    return figures, rows
