"""What OpenAQ's names of longer means come to: a unit of the calendar, or the same part of all of them."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from api.errors import NotFoundError

Data = Literal["measurements", "hours", "days", "years"]
Rollup = Literal["hourly", "daily", "weekly", "monthly", "yearly", "hourofday", "dayofweek", "monthofyear"]


@dataclass(frozen=True, slots=True)
class Period:
    """One period in PostgreSQL's words (`unit`, `part`, `length`) and in OpenAQ's (`label`, `interval`)."""

    unit: str
    part: str | None
    length: str
    label: str
    interval: str

    def parameters(self) -> dict[str, Any]:
        """Name the fields for the statement."""
        return asdict(self)


DAY = Period("day", None, "1 day", "1day", "24:00:00")
WEEK = Period("week", None, "7 days", "1week", "7 days")
MONTH = Period("month", None, "1 month", "1month", "1 mon")
YEAR = Period("year", None, "1 year", "1year", "1 year")
HOUR_OF_DAY = Period("year", "hour", "1 hour", "hourofday", "01:00:00")
DAY_OF_WEEK = Period("year", "isodow", "1 day", "dayofweek", "24:00:00")
MONTH_OF_YEAR = Period("year", "month", "1 month", "monthofyear", "1 mon")

PERIODS: dict[tuple[Data, Rollup | None], Period | None] = {
    ("measurements", "hourly"): None,
    ("measurements", "daily"): DAY,
    ("hours", None): None,
    ("hours", "daily"): DAY,
    ("hours", "weekly"): WEEK,
    ("hours", "monthly"): MONTH,
    ("hours", "yearly"): YEAR,
    ("hours", "hourofday"): HOUR_OF_DAY,
    ("hours", "dayofweek"): DAY_OF_WEEK,
    ("hours", "monthofyear"): MONTH_OF_YEAR,
    ("days", None): DAY,
    ("days", "weekly"): WEEK,
    ("days", "monthly"): MONTH,
    ("days", "yearly"): YEAR,
    ("days", "dayofweek"): DAY_OF_WEEK,
    ("days", "monthofyear"): MONTH_OF_YEAR,
    ("years", None): YEAR,
}
"""None: the hours as they are."""


def period_of(data: Data, rollup: Rollup | None) -> Period | None:
    """Give the period; NotFoundError for a mean that is not made."""
    if (data, rollup) not in PERIODS:
        raise NotFoundError("mean", f"{data}/{rollup}", "/openaq/v3/openapi.json")
    return PERIODS[data, rollup]
