"""Days and hours of an area laid out for reading: a trend, the pattern of a day and a week, the wind; reads nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from api.area_interval import COVER, STATIONS_MIN, half_width
from api.web.area_drawing import Petal, Plot, plot, rose
from api.web.levels import LEVELS
from api.web.wording import Wording
from storage.area_measures import AreaDay, WeekHour, WindHour
from validation.exceedance import day_exceeded

Floats = npt.NDArray[np.float64]

SECTORS = 8
CALM = 0.5  # [m/s]; below it a vane shows where the wind was last
LEAST_HOURS = 3  # of a direction; fewer say more of those hours than of the direction


@dataclass(frozen=True, slots=True)
class TrendDay:
    """A day: median over the stations with half a 95 % interval; None with fewer than three. `over` is a chance."""

    day: date
    stations: int
    median: float | None = None
    half: float | None = None
    over: float | None = None


def trend(found: Sequence[AreaDay], begin: date, count: int, observed_property: str) -> list[TrendDay]:
    """Lay days on every day of [begin, begin + count), and say how probable it is that WHO's day value was exceeded."""
    known = {one.day: one for one in found}
    rows = [_day(begin + timedelta(days=number), known) for number in range(count)]
    level = next(one.level for one in LEVELS[observed_property] if one.allowed is not None)
    mean, error = columns(rows)
    over = day_exceeded(mean, error, np.ones_like(mean), level=level)
    return [
        TrendDay(one.day, one.stations, one.median, one.half, None if np.isnan(each) else float(each))
        for one, each in zip(rows, over, strict=True)
    ]


def _day(day: date, known: dict[date, AreaDay]) -> TrendDay:
    one = known.get(day)
    if one is None or one.stations < STATIONS_MIN or one.sd is None:
        return TrendDay(day, one.stations if one else 0)
    return TrendDay(day, one.stations, one.median, half_width(one.sd, one.half, one.stations))


def columns(rows: Sequence[TrendDay]) -> tuple[Floats, Floats]:
    """Give means and standard errors (D,) [µg/m³], NaN for days without."""
    mean = np.array([np.nan if one.median is None else one.median for one in rows], float)
    error = np.array([np.nan if one.half is None else one.half / COVER for one in rows], float)
    return mean, error


def trend_plot(rows: Sequence[TrendDay], observed_property: str, words: Wording) -> Plot | None:
    """Draw the days with their interval and the day values."""
    levels = {one.level: one.of for one in LEVELS[observed_property] if one.allowed is not None}
    every = max(1, len(rows) // 6)
    return plot(
        [one.median for one in rows],
        halves=[one.half for one in rows],
        labels=[(index, words.date(rows[index].day)) for index in range(0, len(rows), every)],
        levels=[(level, f"{of} {words.number(level, 0)}") for level, of in levels.items()],
    )


def day_pattern(found: Sequence[WeekHour]) -> list[float | None]:
    """Average each of the 24 local hours."""
    return _pattern([(one.hour, one) for one in found], 24)


def week_pattern(found: Sequence[WeekHour]) -> list[float | None]:
    """Average each of the seven days, Monday first."""
    return _pattern([(one.weekday - 1, one) for one in found], 7)


def _pattern(found: Sequence[tuple[int, WeekHour]], count: int) -> list[float | None]:
    sums, weights = np.zeros(count), np.zeros(count)
    for place, one in found:  # 168 rows at most
        sums[place] += one.value * one.hours
        weights[place] += one.hours
    return [float(total / weight) if weight else None for total, weight in zip(sums, weights, strict=True)]


def petals(found: Sequence[WindHour], *, radius: float) -> Sequence[Petal]:
    """Average the hours by where the wind came from, calm ones left out; 0 is north, 2 east."""
    kept = [one for one in found if one.speed is None or one.speed >= CALM]
    if not kept:
        return []
    sector = np.round(np.array([one.direction for one in kept]) / (360 / SECTORS)).astype(int) % SECTORS
    value = np.array([one.value for one in kept])
    speed = np.array([np.nan if one.speed is None else one.speed for one in kept])
    rows = []
    for number in range(SECTORS):
        there = sector == number
        hours = int(there.sum())
        if hours >= LEAST_HOURS:
            known = speed[there & np.isfinite(speed)]
            rows.append((number, float(value[there].mean()), hours, float(known.mean()) if known.size else None))
    return rose(rows, sectors=SECTORS, radius=radius)
