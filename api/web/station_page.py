"""Everything the page of one station shows, fetched through storage; the chart's own sums are in `chart`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from api.index import band_of, mass_of
from api.web import chart, markers
from api.web.station_story import Story, gather_story
from api.web.view import Averaging
from api.web.wording import Wording, readable_unit
from storage import pages, references, stations
from storage import series as series_store
from storage.pages import LatestRow
from storage.rows import ReferenceStation, Series, Station

FIRST = ("pm2_5", "pm10", "no2", "o3")
CALIBRATED = frozenset({"pm1", "pm2_5", "pm4", "pm10", "no2", "o3"})
"""What is calibrated against official stations; of the rest (weather, noise) the raw value is all there is."""
_PREFERRED = {name: rank for rank, name in enumerate(FIRST)}
_HOURS = 31 * 24 + 1  # the longest span, with the hour that a clock repeats


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest official station with hours in the chart, `metres` away, and its newest hour, in the series' unit."""

    metres: float
    station: ReferenceStation
    begin: datetime
    value: float


@dataclass(frozen=True, slots=True)
class StationView:
    """What the template of a station names."""

    station: Station
    all_series: list[tuple[Series, LatestRow | None]]
    series: Series | None
    last: LatestRow | None
    band: int
    old: bool
    nearest: Nearest | None
    rows: list[chart.ChartHour]
    plot: dict[str, object]
    summary: str
    days: list[chart.DayMean]
    calibrated: bool
    span: chart.Span
    story: Story | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked of a station: one of its series, a period, its last day, and an hour to explain."""

    series: str = ""
    period: str = ""
    until: str = ""
    explain: str = ""


def gather_station(
    conn: Connection, station_id: str, asked: Asked, words: Wording, now: datetime
) -> StationView | None:
    """Fetch one station with the hours of one of its series: the one asked for, or the first; None: unknown station."""
    station = None if "\0" in station_id else stations.find_station(conn, station_id)  # PostgreSQL has no text with NUL
    if station is None:
        return None
    found = _ordered(series_store.series_of_station(conn, station_id))
    lasts = {one.series_key: one for one in pages.latest(conn, pages.LatestWanted(station_id=station_id))}
    chosen = _choose(found, asked.series)
    span = chart.chart_span(now, asked.period, asked.until)
    begin, end = span.begin, span.end
    nearest, reference = (None, {}) if chosen is None else _reference(conn, station, chosen, begin, end)
    kept = [] if chosen is None else pages.hours(conn, pages.Window(chosen.series_key, begin, end, limit=_HOURS))
    rows = chart.chart_hours(begin, end, kept, reference)
    last = lasts.get(chosen.series_key) if chosen else None
    unit = readable_unit(chosen.unit) if chosen else ""
    return StationView(
        station=station,
        all_series=[(one, lasts.get(one.series_key)) for one in found],
        series=chosen,
        last=last,
        band=_band(last),
        old=last is not None and now - last.time > markers.OLD[Averaging.LAST],
        nearest=nearest,
        rows=rows,
        plot=chart.chart_data(rows, chosen.observed_property, unit, words) if chosen else {},
        summary=chart.summary(rows, unit, words),
        days=chart.day_means(rows),
        calibrated=chosen is not None and chosen.observed_property in CALIBRATED,
        span=span,
        story=gather_story(conn, station_id, chosen, last, asked.explain, now) if chosen else None,
    )


def _band(last: LatestRow | None) -> int:
    """Return the European class of a last value: 1 good ... 6 extremely poor, 0 where there is none."""
    band = band_of(last.observed_property, last.value, last.unit) if last else None
    return band.band if band else 0


def _ordered(found: Sequence[Series]) -> list[Series]:
    """Put what people come for first."""
    return sorted(
        found,
        key=lambda one: (_PREFERRED.get(one.observed_property, len(FIRST)), one.observed_property, one.sensor_name),
    )


def _choose(found: Sequence[Series], wanted: str) -> Series | None:
    asked = [one for one in found if str(one.series_key) == wanted]
    return next(iter([*asked, *found]), None)


def _reference(
    conn: Connection, station: Station, series: Series, begin: datetime, end: datetime
) -> tuple[Nearest | None, dict[datetime, float]]:
    """Find the nearest official station with valid hours, and those hours (begin -> value), in the series' unit."""
    mass = mass_of(series.observed_property, series.unit)
    if mass is None:
        return None, {}  # official hours are kept in µg/m³; a curve in a unit that is no mass would mislead
    network = references.hours(conn, series.observed_property, begin, end)
    with_hours = markers.newest_valid(network)
    for metres, one in chart.by_distance(station.latitude, station.longitude, references.list_stations(conn)):
        if one.reference_station_id in with_hours:
            newest, value = with_hours[one.reference_station_id]
            hours = markers.valid_hours(network, one.reference_station_id)
            return Nearest(metres, one, newest, value / mass), {time: each / mass for time, each in hours.items()}
    return None, {}
