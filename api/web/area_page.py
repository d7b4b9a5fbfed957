"""Everything that the page of an area shows: its parts, days, hours and wind, what was exceeded, who stands out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg import Connection

from api.area_interval import STATIONS_MIN, interval
from api.web import area_days, area_hotspots
from api.web.area_days import TrendDay
from api.web.area_drawing import Drawn, Petal, Plot, plot, shapes
from api.web.area_hotspots import Spot
from api.web.area_years import Years
from api.web.levels import Answer, answers, shade
from api.web.wording import ZONE, Wording
from storage import area_measures, areas
from storage.area_measures import Asked, Figure, Overview, WeekHour
from storage.areas import Area
from validation.flags import FAIL

YEAR = 365
PERIODS = (7, 30, 90, YEAR)  # [days]
PATTERN_DAYS = 90  # of the last days at most: the hours of a whole year say no more about a Monday, and cost a minute
KINDS = ("neighbourhood", "district")
ROSE_RADIUS = 90.0
SMALL = 360.0  # [px]: of the plots that stand three beside each other


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader chose."""

    observed_property: str
    days: int
    kind: str
    figure: str


@dataclass(frozen=True, slots=True)
class Row:
    """One area of the table; without median fewer than three of its stations measured."""

    code: str
    name: str
    stations: int
    measuring: int
    median: float | None
    lower: float | None
    upper: float | None
    capture: float | None
    shade: int
    rank: int | None = None
    figure: float | None = None


@dataclass(frozen=True, slots=True)
class Scatter:
    """A joined figure against the medians: points in a plot, and how well their ranks agree (-1..1)."""

    points: Sequence[tuple[float, float, Row]]
    agreement: float | None
    x_range: tuple[float, float]
    y_range: tuple[float, float]


@dataclass(frozen=True, slots=True)
class AreaView:
    """What the templates of an area name."""

    area: Area
    choice: Choice
    begin: datetime
    end: datetime
    total: Row
    rows: Sequence[Row]
    hidden: int
    drawn: Drawn
    overlaps: Sequence[tuple[str, str]]
    trend: Sequence[TrendDay]
    trend_plot: Plot | None
    day: Sequence[float | None]
    day_plot: Plot | None
    week: Sequence[float | None]
    week_plot: Plot | None
    petals: Sequence[Petal]
    answers: Sequence[Answer]
    year_days: int
    periods: Sequence[int]
    spots: Sequence[Spot]
    figures: Sequence[Figure]
    scatter: Scatter | None


@dataclass(frozen=True, slots=True)
class Part:
    """The table of an area alone, for who shows it elsewhere."""

    area: Area
    total: Row
    rows: Sequence[Row]


def gather_part(conn: Connection, code: str, choice: Choice, now: datetime) -> Part | None:
    """Fetch the table of an area; None where it was not loaded."""
    area = areas.find_area(conn, code)
    if area is None:
        return None
    end = now.replace(minute=0, second=0, microsecond=0)
    asked = Asked(choice.observed_property, end - timedelta(days=choice.days), end, int(FAIL))
    total, rows = _rows(conn, area, area_measures.children(conn, code, choice.kind), asked, choice)
    return Part(area, total, rows)


def gather_area(
    conn: Connection, code: str, choice: Choice, words: Wording, now: datetime, years: Years
) -> AreaView | None:
    """Fetch all of an area; None where it was not loaded."""
    area = areas.find_area(conn, code)
    if area is None:
        return None
    end = now.replace(minute=0, second=0, microsecond=0)
    asked = Asked(choice.observed_property, end - timedelta(days=choice.days), end, int(FAIL))
    parts = area_measures.children(conn, code, choice.kind)
    total, rows = _rows(conn, area, parts, asked, choice)
    drawn = shapes([(one.code, one.geometry or "") for one in parts or [area]])
    names = {one.code: one.name for one in parts}
    year = _year(conn, code, choice.observed_property, end, years)
    shown = year[-choice.days :]
    lately = replace(asked, begin=end - timedelta(days=min(choice.days, PATTERN_DAYS)))
    pattern = area_measures.week(conn, code, lately, least_stations=STATIONS_MIN)
    wind = area_measures.wind(conn, code, lately, least_stations=STATIONS_MIN)
    return AreaView(
        area=area,
        choice=choice,
        begin=asked.begin,
        end=end,
        total=total,
        rows=rows,
        hidden=sum(row.median is None for row in rows),
        drawn=drawn,
        overlaps=[(names[one], names[other]) for one, other in drawn.overlaps],
        trend=shown,
        trend_plot=area_days.trend_plot(shown, choice.observed_property, words),
        **_patterns(pattern, words),
        petals=area_days.petals(wind, radius=ROSE_RADIUS),
        answers=answers(choice.observed_property, *area_days.columns(year)),
        year_days=sum(one.median is not None for one in year),
        periods=_periods(choice, year),
        spots=area_hotspots.gather(conn, area, choice.observed_property, now),
        figures=area_measures.figures(conn),
        scatter=_scatter(rows),
    )


def _periods(choice: Choice, year: Sequence[TrendDay]) -> list[int]:
    """Offer a year where more days have a value than the shorter periods hold."""
    with_year = choice.days == YEAR or sum(one.median is not None for one in year) > PATTERN_DAYS
    return [days for days in PERIODS if days < YEAR or with_year]


def _patterns(found: Sequence[WeekHour], words: Wording) -> dict[str, Any]:
    """Give the means of the hours of the day and of the days of the week, and their plots."""
    day, week = area_days.day_pattern(found), area_days.week_pattern(found)
    return {
        "day": day,
        "day_plot": plot(day, labels=[(hour, f"{hour}") for hour in range(0, 24, 3)], width=SMALL),
        "week": week,
        "week_plot": plot(week, labels=list(enumerate(words.weekdays())), width=SMALL),
    }


def _rows(
    conn: Connection, area: Area, parts: Sequence[Area], asked: Asked, choice: Choice
) -> tuple[Row, Sequence[Row]]:
    """Sum up the area and its parts: ranked from high to low, those that are hidden at the end."""
    names = {one.code: one.name for one in (*parts, area)}
    joined = area_measures.figure_of(conn, choice.figure, list(names)) if choice.figure else {}
    found = {one.code: one for one in area_measures.overview(conn, list(names), asked)}
    rows = {code: _row(found[code], names[code], joined.get(code), choice) for code in names}
    total = rows.pop(area.code)
    ordered = sorted(rows.values(), key=lambda row: (row.median is None, -(row.median or 0.0), row.name))
    return total, [_ranked(row, number) for number, row in enumerate(ordered, start=1)]


def _row(found: Overview, name: str, figure: float | None, choice: Choice) -> Row:
    shown = interval(found)
    median, lower, upper = shown or (None, None, None)
    capture = min(1.0, found.hours / (found.measuring * choice.days * 24)) if found.measuring else None
    of = shade(choice.observed_property, median)
    return Row(found.code, name, found.stations, found.measuring, median, lower, upper, capture, of, figure=figure)


def _ranked(row: Row, number: int) -> Row:
    rank = None if row.median is None else number
    return Row(
        row.code, row.name, row.stations, row.measuring, row.median, row.lower, row.upper, row.capture, row.shade, rank,
        row.figure,
    )  # fmt: skip


def _year(conn: Connection, code: str, observed_property: str, end: datetime, years: Years) -> list[TrendDay]:
    """Lay out the last 365 whole local days."""
    today = end.astimezone(ZONE).date()
    first = today - timedelta(days=YEAR)
    found = years.days(conn, code, observed_property, first, today, end)
    return area_days.trend(found, first, YEAR, observed_property)


def _scatter(rows: Sequence[Row]) -> Scatter | None:
    """Lay a joined figure beside the medians of those that have both; None with fewer than three."""
    both = [(row.figure, row.median, row) for row in rows if row.figure is not None and row.median is not None]
    if len(both) < STATIONS_MIN:
        return None
    x, y = np.array([one[0] for one in both]), np.array([one[1] for one in both])
    ranks = np.corrcoef(_ranks(x), _ranks(y))[0, 1] if np.ptp(x) and np.ptp(y) else np.nan
    wide, high = (max(float(np.ptp(each)), 1e-9) for each in (x, y))
    points = [
        (60 + 560 * (one[0] - float(x.min())) / wide, 250 - 220 * (one[1] - float(y.min())) / high, one[2])
        for one in both
    ]
    ends = [(float(each.min()), float(each.max())) for each in (x, y)]
    return Scatter(points, None if np.isnan(ranks) else float(ranks), ends[0], ends[1])


def _ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rank from 1; equals share their mean rank. scipy.stats has the same behind a second of imports."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]
