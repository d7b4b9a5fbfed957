"""The three pictures of docs/calibration.md: before and after, coverage, and the story of one station."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luchtbrug.jobs.replay_files import ReplayInputError
from luchtbrug.pictures.campaign import Campaign
from luchtbrug.pictures.svg import BLUE, GREY, INK, RED, Chart, Point, page
from validation.flags import FAIL

Floats = npt.NDArray[np.float64]

SAMPLE = 2500
"""Points of a scatter: more make it darker, and not clearer."""

STORY_DAYS = 12
_LEVELS = 10
_COVERED = (60.0, 101.0)
_SEED = 1


def write_pictures(campaign: Campaign, out: Path, *, unit: str, station: str | None = None) -> list[Path]:
    """Write all pictures into a folder and list them; the story is of `station`, else of that with most spoiled hours
    that got values as well."""
    name = station or _eventful(campaign)
    if not len(campaign.of(name)):
        raise ReplayInputError(f"no hour of station {name!r} is in both files")
    if not np.isfinite(campaign.raw + campaign.lower + campaign.upper + campaign.truth).any():
        raise ReplayInputError("no hour has a value: there is nothing to compare with the truth")
    pictures: Mapping[str, str] = {
        "scatter.svg": scatter(campaign, unit),
        "coverage.svg": coverage(campaign, unit),
        "story.svg": story(campaign, name, unit),
    }
    out.mkdir(parents=True, exist_ok=True)
    for file, text in pictures.items():
        (out / file).write_text(text, encoding="utf-8")
    return [out / file for file in pictures]


def scatter(campaign: Campaign, unit: str) -> str:
    """Draw raw and value against the truth, in the hours that have all three; those with a suspect value are grey."""
    known = np.flatnonzero(np.isfinite(campaign.raw + campaign.value + campaign.truth))
    top = 1.1 * float(np.quantile(campaign.raw[known], 0.995)) or 1.0
    shown = np.random.default_rng(_SEED).permutation(known)[:SAMPLE]
    passed = campaign.passed
    before, after = (
        Chart(title, (0, top), (0, top), f"truth [{unit}]", f"sensor [{unit}]")
        for title in ("Before: raw", "After: value (grey: suspect)")
    )
    before.points(_pairs(campaign.truth[shown], campaign.raw[shown]))
    for rows, colour in ((shown[~passed[shown]], GREY), (shown[passed[shown]], BLUE)):
        after.points(_pairs(campaign.truth[rows], campaign.value[rows]), colour)
    said = [(before, 0, "all", campaign.raw, known), (after, 0, "all", campaign.value, known)]
    said.append((after, 1, "pass", campaign.value, known[passed[known]]))
    for chart, line, name, column, rows in said:
        place = 0.03 * top, (0.94 - 0.06 * line) * top
        chart.words(place, _agreement(name, campaign.truth[rows], column[rows]))
        chart.line([(0, 0), (top, top)], INK, dashed=True)
    return page([before, after], "Sensor against truth before and after calibration")


def coverage(campaign: Campaign, unit: str) -> str:
    """Draw how often the 95 % interval held the truth, by level and station by station: values that pass, and all."""
    known = np.isfinite(campaign.lower + campaign.upper + campaign.truth)
    top = 1.05 * float(np.quantile(campaign.value[known], 0.98)) or 1.0
    names = np.unique(campaign.station)
    by_level = Chart("By level", (0, top), _COVERED, f"value [{unit}]", "hours covered [%]")
    by_station = Chart("By station", (0, len(names) + 1), _COVERED, "stations, lowest first", "hours covered [%]")
    groups = (("all values", known, GREY), ("values that pass", known & campaign.passed, BLUE))
    for number, (text, group, colour) in enumerate(groups):
        rows = np.flatnonzero(group)
        inside = (campaign.lower[rows] <= campaign.truth[rows]) & (campaign.truth[rows] <= campaign.upper[rows])
        levels = _by_level(campaign.value[rows], inside)
        of = [inside[campaign.station[rows] == name] for name in names]
        shares = sorted(float(100 * part.mean()) for part in of if len(part))
        by_level.points(levels, colour, size=6, opacity=1)
        by_level.line(levels, colour)
        by_station.points([(float(i + 1), share) for i, share in enumerate(shares)], colour, size=6, opacity=1)
        said = f"{text}: {100 * inside.mean():.1f} % of {len(rows)} hours"
        by_level.words((0.05 * top, _COVERED[0] + 1.5 + 2.2 * number), said, colour)
    for chart in (by_level, by_station):
        chart.line([(chart.x[0], 95), (chart.x[1], 95)], INK, dashed=True)
    return page([by_level, by_station], "Share of hours whose 95 % interval held the truth")


def story(campaign: Campaign, station: str, unit: str) -> str:
    """Draw the last days of a station: raw, what was spoiled, the value with its interval, and the truth."""
    hours, columns, spoiled = _last_days(campaign, station)
    good = np.where(spoiled, np.nan, columns["raw"])
    top = 1.15 * float(np.nanmax([*good, *columns["upper"], *columns["truth"]], initial=0.0)) or 1.0
    title = f"Station {station}, {campaign.observed_property}"
    chart = Chart(title, (0, len(hours)), (0, top), "", f"[{unit}]", width=860)
    chart.x_ticks = [(i, str(hour)[5:10]) for i, hour in enumerate(hours) if str(hour)[11:13] == "00"][::2]
    lines = {name: list(enumerate(column.tolist())) for name, column in columns.items()}
    chart.band(lines["lower"], lines["upper"], BLUE)
    chart.line(lines["raw"], GREY)
    chart.line(lines["truth"], INK)
    chart.line(lines["value"], BLUE, width=2)
    failed = np.flatnonzero(spoiled)
    chart.points(_pairs(failed.astype(float), np.fmin(columns["raw"][failed], top)), RED, size=6, opacity=1)
    _legend(chart, [("raw", GREY), ("spoiled: no value", RED), ("value and 95 % interval", BLUE), ("truth", INK)])
    return page([chart], f"The last days of station {station}: raw, value with interval, and truth")


def _last_days(
    campaign: Campaign, station: str
) -> tuple[npt.NDArray[np.datetime64], dict[str, Floats], npt.NDArray[np.bool_]]:
    """Lay a station's rows on contiguous hours (H,): the hours, each column, and which failed."""
    rows = campaign.of(station)
    rows = rows[campaign.hour[rows] > campaign.hour[rows[-1]] - np.timedelta64(24 * STORY_DAYS, "h")]
    hours = np.arange(campaign.hour[rows[0]], campaign.hour[rows[-1]] + 1)
    at = ((campaign.hour[rows] - hours[0]) / np.timedelta64(1, "h")).astype(np.int64)
    columns = {name: np.full(len(hours), np.nan) for name in ("raw", "value", "lower", "upper", "truth")}
    for name, column in columns.items():
        column[at] = getattr(campaign, name)[rows]
    spoiled = np.zeros(len(hours), bool)
    spoiled[at] = (campaign.flags[rows] & int(FAIL)) != 0
    return hours, columns, spoiled


def _by_level(value: Floats, inside: npt.NDArray[np.bool_]) -> list[Point]:
    """Share [%] of hours covered, in tenths of the values."""
    tenths = np.array_split(np.argsort(value, kind="stable"), _LEVELS)
    return [(float(np.median(value[part])), float(100 * inside[part].mean())) for part in tenths]


def _legend(chart: Chart, entries: Sequence[tuple[str, str]]) -> None:
    for number, (text, colour) in enumerate(entries):
        chart.words((chart.x[1] * (0.02 + 0.2 * number), -0.13 * chart.y[1]), text, colour)


def _agreement(name: str, truth: Floats, predicted: Floats) -> str:
    error = predicted - truth
    slope = np.polyfit(truth, predicted, 1)[0] if len(truth) > 1 else np.nan
    rmse = np.sqrt(np.mean(error**2))
    return f"{name}: RMSE {rmse:.1f}, bias {error.mean():+.1f}, slope {slope:.2f}, {len(truth)} hours"


def _pairs(x: Floats, y: Floats) -> list[Point]:
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _eventful(campaign: Campaign) -> str:
    """Name the station with most failed hours in its last days, among those that got values in most of them."""
    best, most = str(campaign.station[0]), -1
    for name in np.unique(campaign.station):
        rows = campaign.of(name)[-24 * STORY_DAYS :]
        failed = int(((campaign.flags[rows] & int(FAIL)) != 0).sum())
        if failed > most and np.isfinite(campaign.value[rows]).mean() > 2 / 3:
            best, most = str(name), failed
    return best
