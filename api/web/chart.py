"""What the chart of a station shows: one row for every hour of a week; reads no database and writes no HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType

from api.parsing import YEARS
from api.web.wording import ZONE, Wording
from storage.pages import HourRow
from storage.rows import ReferenceStation

PERIODS: Mapping[str, int] = MappingProxyType({"1d": 1, "7d": 7, "30d": 30})
"""What a chart may span [days]."""

PERIOD = "7d"
HOUR = timedelta(hours=1)
NEAR = 25_000.0  # [m]; farther away an official station says little about this street
DAY_HOURS = 18  # three quarters of a day: Directive (EU) 2024/2881, Annex V
EARTH_RADIUS = 6_371_000.0  # [m]

DAY_LINES: Mapping[str, tuple[tuple[str, float], ...]] = MappingProxyType(
    {
        "pm2_5": (("WHO", 15.0), ("EU 2030", 25.0)),
        "pm10": (("WHO / EU 2030", 45.0),),
    }
)
"""Day means to compare with [µg/m³]: WHO guideline levels of 2021 and Directive (EU) 2024/2881, Annex I."""


@dataclass(frozen=True, slots=True)
class ChartHour:
    """One hour of the chart; what was not measured is None."""

    begin: datetime
    end: datetime
    raw: float | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    reference: float | None = None
    data_capture: float | None = None
    flags: int = 0

    @property
    def empty(self) -> bool:
        """Tell whether neither the station nor the reference has anything in this hour."""
        return self.raw is None and self.reference is None


@dataclass(frozen=True, slots=True)
class Span:
    """What a chart spans: [begin, end), as the reader asked for it; `until` None: up to now."""

    begin: datetime
    end: datetime
    period: str
    until: date | None

    @property
    def earlier(self) -> str:
        """Write the last day of the span before."""
        return str((self.begin - HOUR).astimezone(ZONE).date())

    def later(self, now: datetime) -> str | None:
        """Write the last day of the span after; "" is up to now, None where there is none."""
        if self.until is None:
            return None
        day = self.until + timedelta(days=PERIODS[self.period])
        return str(day) if day < now.astimezone(ZONE).date() else ""


def chart_span(now: datetime, period: str = PERIOD, until: str = "") -> Span:
    """Return the span of the chart: whole hours, the running one included, or whole local days up to `until`."""
    chosen = period if period in PERIODS else PERIOD
    days = timedelta(days=PERIODS[chosen])
    last = _day(until)
    if last is None or last >= now.astimezone(ZONE).date():
        end = now.replace(minute=0, second=0, microsecond=0) + HOUR
        return Span(end - days, end, chosen, None)
    midnight = datetime(last.year, last.month, last.day, tzinfo=ZONE)
    begin, end = (midnight + shift for shift in (timedelta(days=1) - days, timedelta(days=1)))
    return Span(begin.astimezone(UTC), end.astimezone(UTC), chosen, last)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def chart_hours(
    begin: datetime, end: datetime, hours: Sequence[HourRow], reference: Mapping[datetime, float]
) -> list[ChartHour]:
    """Lay hours of a station and of a reference (begin -> value) on every hour in [begin, end), gaps included."""
    known = {hour.begin: hour for hour in hours}
    rows = []
    for number in range(round((end - begin) / HOUR)):
        start = begin + number * HOUR
        rows.append(_chart_hour(start, known.get(start), reference.get(start)))
    return rows


def _chart_hour(begin: datetime, hour: HourRow | None, reference: float | None) -> ChartHour:
    if hour is None:
        return ChartHour(begin, begin + HOUR, reference=reference)
    return ChartHour(
        begin=begin,
        end=begin + HOUR,
        raw=hour.raw,
        value=hour.value,
        lower=hour.lower,
        upper=hour.upper,
        reference=reference,
        data_capture=hour.data_capture,
        flags=hour.flags,
    )


def chart_data(rows: Sequence[ChartHour], observed_property: str, unit: str, wording: Wording) -> dict[str, object]:
    """Give the script what it draws: columns of numbers, and the words of the readout, both made on the server."""
    return {
        # an hourly mean stands at the middle of its hour
        "time": [(row.begin + HOUR / 2).timestamp() for row in rows],
        "raw": [row.raw for row in rows],
        "value": [row.value for row in rows],
        "lower": [row.lower for row in rows],
        "upper": [row.upper for row in rows],
        "reference": [row.reference for row in rows],
        "hours": [wording.hour(row.begin, row.end) for row in rows],
        "lines": [
            {"label": f"{name} {wording.number(level, 0)} ({wording.t('chart.indicative')})", "level": level}
            for name, level in DAY_LINES.get(observed_property, ())
        ],
        "unit": unit,
        "language": wording.language,
    }


@dataclass(frozen=True, slots=True)
class DayMean:
    """The mean of a local day [unit of the series]; None with fewer than DAY_HOURS validated hours."""

    begin: datetime
    mean: float | None
    hours: int


def day_means(rows: Sequence[ChartHour]) -> list[DayMean]:
    """Average the validated hours of each local day that lies wholly within the chart, the newest first."""
    days: dict[date, list[ChartHour]] = {}
    for row in rows:
        days.setdefault(row.begin.astimezone(ZONE).date(), []).append(row)
    whole = [day for day in days.values() if _begins_at_midnight(day[0].begin) and _begins_at_midnight(day[-1].end)]
    return [_day_mean(day) for day in reversed(whole)]


def _begins_at_midnight(time: datetime) -> bool:
    return time.astimezone(ZONE).hour == 0


def _day_mean(day: Sequence[ChartHour]) -> DayMean:
    values = [row.value for row in day if row.value is not None]
    mean = sum(values) / len(values) if len(values) >= DAY_HOURS else None
    return DayMean(day[0].begin, mean, len(values))


def summary(rows: Sequence[ChartHour], unit: str, wording: Wording) -> str:
    """Say in a sentence what the chart shows, for who does not see it; `unit` as people read it."""
    validated = [(row.value, row) for row in rows if row.value is not None]
    if not validated:
        return wording.t("chart.summary.none")
    highest, at = max(validated, key=lambda pair: pair[0])
    return wording.t(
        "chart.summary",
        begin=wording.moment(rows[0].begin),
        end=wording.moment(rows[-1].end),
        validated=len(validated),
        hours=len(rows),
        unit=unit,
        mean=wording.number(sum(value for value, _ in validated) / len(validated)),
        max=wording.number(highest),
        max_time=wording.hour(at.begin, at.end),
    )


def by_distance(
    latitude: float, longitude: float, stations: Sequence[ReferenceStation]
) -> list[tuple[float, ReferenceStation]]:
    """Order official stations within NEAR by their distance [m] to a public position [degrees]."""
    pairs = [(distance(latitude, longitude, one.latitude, one.longitude), one) for one in stations]
    return sorted((pair for pair in pairs if pair[0] <= NEAR), key=lambda pair: pair[0])


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance [m] between two positions [degrees]."""
    north = radians(other_latitude - latitude) / 2
    east = radians(other_longitude - longitude) / 2
    chord = sin(north) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(east) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(chord))
