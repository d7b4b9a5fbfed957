"""The calibrate job: make hours of readings, fit what is due, validate the hours; each step also for replayed time."""

import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import numpy as np
import psycopg
from threadpoolctl import threadpool_limits

import storage.calibrations
import storage.hours
from luchtbrug.jobs.network import CALIBRATED, Fetched, fetch_network, numpy_hour
from luchtbrug.jobs.segments import Segments, find_segments, note_found
from storage.rows import Calibration, Ints, NewCalibration, ValidatedHours
from validation.flags import Flag
from validation.network import Calibrations
from validation.weather import fit, validate

HOUR = timedelta(hours=1)

UNUSABLE = int(Flag.RANGE | Flag.SPIKE)
"""A reading with one of these has no place in an hourly mean; the hour's own screening sees the rest."""

_MEMORY = timedelta(days=14)
"""Screening looks back this far behind the hours it judges."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look did."""

    hours: int
    validated: int
    fitted: int
    fit_s: float = 0.0  # time that the fits took [s]


def look(
    conn: psycopg.Connection[Any], *, begin: datetime, end: datetime, now: datetime, refit: bool, window: timedelta
) -> Looked:
    """Aggregate the complete hours in [begin, end), fit anew at `end` when asked, and validate them. Commits.

    `now` is the time to write down; in a replay it lies in the past.
    """
    storage.hours.learn_intervals(conn, end, known_too=refit)
    hours = storage.hours.aggregate(conn, begin, end, now=now, unusable=UNUSABLE)
    conn.commit()
    began = monotonic()
    fitted = sum(refit_property(conn, name, at=end, window=window, note=True) for name in CALIBRATED) if refit else 0
    fit_s = monotonic() - began
    validated = sum(validate_property(conn, name, begin=begin, end=end, window=window) for name in CALIBRATED)
    return Looked(hours, validated, fitted, fit_s)


def refit_property(
    conn: psycopg.Connection[Any],
    observed_property: str,
    *,
    at: datetime,
    window: timedelta,
    only: frozenset[int] | None = None,
    note: bool = False,
) -> int:
    """Fit all series of a property on the hours before `at`, store the calibrations, return how many. Commits.

    `only` the series of these keys are stored, where keys are given. With `note`, steps and drifts that were found are
    written down as changes.
    """
    fetched = fetch_network(conn, observed_property, begin=at - window, end=at)
    if fetched is None:
        return 0
    before = {row.series_key: row for row in storage.calibrations.current(conn, at)}
    known = all(key in before for key in fetched.series_key.tolist())
    segments = find_segments(conn, fetched, at)
    calibrations = fit_segments(segments, at, read_calibrations(fetched, before) if known else None)
    keys = [(index, int(key)) for index, key in enumerate(fetched.series_key) if only is None or int(key) in only]
    stored = storage.calibrations.store(conn, [calibration_record(calibrations, index, key, at) for index, key in keys])
    if note:
        note_found(conn, segments, calibrations.scores, at)
    conn.commit()
    return len(stored)


def fit_segments(segments: Segments, at: datetime, previous: Calibrations | None) -> Calibrations:
    """Fit on what the present state of each station sent before `at`; the same on any machine of a kind."""
    with threadpool_limits(1):  # two threads add in another order, which shows in the last bit
        found = fit(segments.to_learn_from(), at=numpy_hour(at), previous=segments.forgotten(previous))
    return segments.marked(found, at)


def validate_property(
    conn: psycopg.Connection[Any], observed_property: str, *, begin: datetime, end: datetime, window: timedelta
) -> int:
    """Validate the hours in [begin, end) of all series of a property, each with the calibration valid at it. Commits.

    Returns how many hours were written: those whose outcome is new or really another than before.
    """
    fetched = fetch_network(conn, observed_property, begin=begin - min(_MEMORY, window), end=end)
    if fetched is None:
        return 0
    stored = 0
    times = [begin, *storage.calibrations.changes(conn, observed_property, begin, end), end]
    for first, last in itertools.pairwise(times):
        current = _current(conn, fetched, first)
        segments = find_segments(conn, fetched, first, until=last)
        keys = np.array([current[key].calibration_key for key in fetched.series_key.tolist()])
        validated = validated_hours(segments, read_calibrations(fetched, current), keys, first, last)
        stored += storage.hours.store_validated(conn, validated)
        conn.commit()
    return stored


def _current(conn: psycopg.Connection[Any], fetched: Fetched, at: datetime) -> dict[int, Calibration]:
    """Return what is valid at a time for each series; a series that is new gets its first record here.

    That record says `sibling_prior` where there are siblings to learn from, else `not_calibrated`: every hour names the
    calibration that it has, or lacks.
    """
    current = {row.series_key: row for row in storage.calibrations.current(conn, at)}
    if any(key not in current for key in fetched.series_key.tolist()):
        first = fit_segments(find_segments(conn, fetched, at), at, None)
        keys = [(index, int(key)) for index, key in enumerate(fetched.series_key) if int(key) not in current]
        storage.calibrations.store(conn, [calibration_record(first, index, key, at) for index, key in keys])
        current = {row.series_key: row for row in storage.calibrations.current(conn, at)}
    return current


def validated_hours(
    segments: Segments, calibrations: Calibrations, keys: Ints, begin: datetime, end: datetime
) -> ValidatedHours:
    """Validate the hours of [begin, end) that were sent, each with the key (S,) of its series' calibration."""
    fetched = segments.fetched
    with threadpool_limits(1):  # as in a fit
        found = validate(segments.to_validate(), calibrations, begin=numpy_hour(begin), end=numpy_hour(end))
    found = segments.told(found)
    inside = (fetched.network.hours >= numpy_hour(begin)) & (fetched.network.hours < numpy_hour(end))
    present = np.isfinite(fetched.network.raw[inside])
    row, column = np.nonzero(present)
    return ValidatedHours(
        series_key=fetched.series_key[column],
        begin=fetched.network.hours[inside][row].astype("datetime64[us]"),
        value=found.value[present],
        lower=found.lower[present],
        upper=found.upper[present],
        estimate=found.estimate[present],
        estimate_lower=found.estimate_lower[present],
        estimate_upper=found.estimate_upper[present],
        flags=found.flags[present].astype(np.int64),
        calibration_key=keys[column].astype(np.int64),
    )


def read_calibrations(fetched: Fetched, current: Mapping[int, NewCalibration]) -> Calibrations:
    """Read the records of all series of a network, by their keys."""
    return Calibrations.from_records([_fields(current[key]) for key in fetched.series_key.tolist()])


def _fields(row: NewCalibration) -> dict[str, Any]:
    names = ("method", "status", "window_begin", "window_end", "coefficients", "covariance", "interval_parts")
    return {name: getattr(row, name) for name in (*names, "reference_weight", "scores", "provenance")}


def calibration_record(calibrations: Calibrations, index: int, series_key: int, at: datetime) -> NewCalibration:
    """Name a fitted calibration by the hash of its content: the same input gives the same id."""
    record = dict(calibrations.record(index))
    content = json.dumps([series_key, at.isoformat(), record], sort_keys=True, default=str)
    return NewCalibration(
        calibration_id="cal-" + hashlib.sha256(content.encode()).hexdigest()[:20],
        series_key=series_key,
        fitted_at=at,
        valid_begin=at,
        valid_end=None,
        method=record["method"],
        status=record["status"],
        window_begin=datetime.fromisoformat(record["window_begin"]),
        window_end=datetime.fromisoformat(record["window_end"]),
        coefficients=record["coefficients"],
        covariance=record["covariance"],
        interval_parts=record["interval_parts"],
        reference_weight=record["reference_weight"],
        scores=record["scores"],
        provenance=record["provenance"],
    )
