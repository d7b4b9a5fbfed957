"""Rows of the hottest paths as plain dictionaries in the shape of `api.models`: msgspec writes them ten times faster.

A test holds each of them against the model that describes it.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from api.index import Band, band_of
from storage.pages import DayRow, HourRow, LatestRow, ReadingRow
from storage.selection import PublicSeries
from validation.flags import Flag, names, quality

Item = dict[str, Any]
Level = Literal[1, 2, 3, 4, 9]
LEVELS: dict[int, Level] = {1: 1, 2: 2, 3: 3, 4: 4, 9: 9}

READING_COLUMNS = ("time", "raw", "value", "lower", "upper", "flags", "flagMask", "quality", "calibrationId")
_OUTCOME_COLUMNS = (
    "begin",
    "end",
    "raw",
    "value",
    "lower",
    "upper",
    "estimate",
    "estimateLower",
    "estimateUpper",
)
HOUR_COLUMNS = (
    *_OUTCOME_COLUMNS,
    "rawMin",
    "rawMax",
    "rawSd",
    "dataCapture",
    "flags",
    "flagMask",
    "quality",
    "calibrationId",
)
DAY_COLUMNS = (
    *_OUTCOME_COLUMNS,
    "min",
    "max",
    "sd",
    "p5",
    "p25",
    "p50",
    "p75",
    "p95",
    "hours",
    "coverage",
    "flags",
    "flagMask",
    "quality",
    "calibrationIds",
)
SERIES_COLUMNS = (
    "seriesId",
    "stationId",
    "name",
    "latitude",
    "longitude",
    "municipality",
    "project",
    "simulated",
    "sensorName",
    "sensorModel",
    "observedProperty",
    "unit",
)
"""The header of a CSV: also that of one without rows."""

COVERAGE_NEEDED = 0.75  # of a day's hours, as Directive 2008/50/EC Annex XI asks of a daily mean


@lru_cache(maxsize=4096)
def findings(flags: int) -> tuple[tuple[str, ...], Level]:
    """Give the names of the set bits and the QARTOD level; thousands of rows have a handful of different masks."""
    return tuple(names(flags)), LEVELS[int(quality(np.array([flags], np.int32))[0])]


def reading(row: ReadingRow) -> Item:
    """Show a reading."""
    named, level = findings(row.flags)
    return {
        "time": row.time,
        "raw": row.raw,
        "value": row.value,
        "lower": row.lower,
        "upper": row.upper,
        "flags": named,
        "flagMask": row.flags,
        "quality": level,
        "calibrationId": row.calibration_id,
    }


def hours(rows: Iterable[HourRow]) -> list[Item]:
    """Show hours."""
    items = []
    for begin, end, raw, low, high, sd, _, capture, value, lower, upper, estimate, below, above, flags, key, _ in rows:
        named, level = findings(flags)
        items.append(
            {
                "begin": begin,
                "end": end,
                "raw": raw,
                "value": value,
                "lower": lower,
                "upper": upper,
                "estimate": estimate,
                "estimateLower": below,
                "estimateUpper": above,
                "rawMin": low,
                "rawMax": high,
                "rawSd": sd,
                "dataCapture": capture,
                "flags": named,
                "flagMask": flags,
                "quality": level,
                "calibrationId": key,
            }
        )
    return items


def day(row: DayRow) -> Item:
    """Show a day; with a value in less than three quarters of its hours it is flagged `low_capture`."""
    flags = row.flags | (int(Flag.LOW_CAPTURE) if row.coverage < COVERAGE_NEEDED else 0)
    named, level = findings(flags)
    p5, p25, p50, p75, p95 = row.quantiles if row.quantiles and row.value is not None else (None,) * 5
    return {
        "begin": row.begin,
        "end": row.end,
        "raw": row.raw,
        "value": row.value,
        "lower": row.lower,
        "upper": row.upper,
        "estimate": row.estimate,
        "estimateLower": row.estimate_lower,
        "estimateUpper": row.estimate_upper,
        "min": row.minimum,
        "max": row.maximum,
        "sd": row.sd,
        "p5": p5,
        "p25": p25,
        "p50": p50,
        "p75": p75,
        "p95": p95,
        "hours": row.hours,
        "coverage": round(row.coverage, 4),
        "flags": named,
        "flagMask": flags,
        "quality": level,
        "calibrationIds": row.calibration_ids,
    }


def latest_feature(row: LatestRow) -> Item:
    """Show a last reading as GeoJSON."""
    named, level = findings(row.flags)
    band = band_of(row.observed_property, row.value, row.unit)
    return {
        "type": "Feature",
        "id": row.station_id,
        "geometry": {"type": "Point", "coordinates": (row.longitude, row.latitude)},
        "properties": {
            "raw": row.raw,
            "value": row.value,
            "lower": row.lower,
            "upper": row.upper,
            "flags": named,
            "flagMask": row.flags,
            "quality": level,
            "calibrationId": row.calibration_id,
            "stationId": row.station_id,
            "name": row.name,
            "seriesId": row.series_key,
            "observedProperty": row.observed_property,
            "unit": row.unit,
            "sensorModel": row.sensor_model,
            "time": row.time,
            "simulated": row.simulated,
            "index": _band(band) if band else None,
        },
    }


def series(row: PublicSeries) -> Item:
    """Show a series with its station's public position."""
    return {
        "seriesId": row.series_key,
        "stationId": row.station_id,
        "name": row.name,
        "geometry": {"type": "Point", "coordinates": (row.longitude, row.latitude)},
        "municipality": row.municipality,
        "project": row.project,
        "simulated": row.simulated,
        "sensorName": row.sensor_name,
        "sensorModel": row.sensor_model,
        "observedProperty": row.observed_property,
        "unit": row.unit,
    }


@lru_cache(maxsize=8)
def _band(band: Band) -> Item:
    return {"band": band.band, "name": band.name, "colour": band.colour}
