"""Calibrations: each is kept for ever as it was fitted, found by series and time. None is ever changed."""

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import msgspec
import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import set_json_loads

from storage.rows import Calibration, Ints, NewCalibration
from storage.staging import fetch
from storage.statements import sql

NUMBERS = ("coefficients", "covariance", "interval_parts", "reference_weight", "scores")
"""Fields of numbers only: a number that is not finite is null in JSON and NaN again when it comes back."""

TIMES = ("fitted_at", "valid_begin", "valid_end", "window_begin", "window_end")


def store(conn: psycopg.Connection, calibrations: Sequence[NewCalibration]) -> dict[str, int]:
    """Keep calibrations and return the key of each id; an id that is there already is left as it is."""
    records = json.dumps([as_record(calibration) for calibration in calibrations], allow_nan=False)
    conn.execute(sql("store_calibrations"), {"records": records})
    return keys(conn, [calibration.calibration_id for calibration in calibrations])


def current(conn: psycopg.Connection, at: datetime) -> list[Calibration]:
    """Return per series the calibration with the newest valid_begin <= `at`, also when its valid_end has passed."""
    return _calibrations(conn, "current_calibrations", {"at": at})


def current_keys(conn: psycopg.Connection, at: datetime) -> tuple[Ints, Ints]:
    """Return the series that have a calibration at a time, ascending, and the key of the one that `current` gives."""
    layout = {"series_key": "int4", "calibration_key": "int8"}
    found = fetch(conn, "current_calibration_keys", layout, {"at": at})
    return found["series_key"], found["calibration_key"]


def in_use(
    conn: psycopg.Connection, keys: Collection[int], size: int = 2000
) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Yield what values readings of the calibrations with these keys: records without references and covariance.

    They come in lists of at most `size` of one observed property, and ascend by it and by series. A country's records
    at once would be gigabytes of Python objects. The caller has to read to the end before it does anything else with
    the connection.
    """
    with conn.cursor("calibrations_in_use", row_factory=dict_row) as cursor:  # named: the server holds the rest
        set_json_loads(msgspec.json.decode, cursor)
        cursor.itersize = size
        cursor.execute(sql("calibrations_in_use"), {"keys": list(keys)})
        for observed_property, rows in groupby(cursor, itemgetter("observed_property")):
            while part := list(islice(rows, size)):
                yield observed_property, part


def changes(conn: psycopg.Connection, observed_property: str, begin: datetime, end: datetime) -> list[datetime]:
    """List the times strictly between `begin` and `end` from which another calibration of a property was valid."""
    parameters = {"observed_property": observed_property, "begin": begin, "end": end}
    return [row[0] for row in conn.execute(sql("calibration_changes"), parameters)]


def find(conn: psycopg.Connection, calibration_id: str) -> Calibration | None:
    """Return one calibration."""
    found = _calibrations(conn, "find_calibration", {"calibration_id": calibration_id})
    return found[0] if found else None


def history(conn: psycopg.Connection, series_key: int, limit: int = 100) -> list[Calibration]:
    """List a series' calibrations, the newest first."""
    return _calibrations(conn, "calibration_history", {"series_key": series_key, "limit": limit})


def keys(conn: psycopg.Connection, ids: Collection[str]) -> dict[str, int]:
    """Return the keys of those ids that are kept."""
    return dict(conn.execute(sql("calibration_keys"), {"ids": list(ids)}).fetchall())


def ids(conn: psycopg.Connection, keys: Collection[int]) -> dict[int, str]:
    """Return the ids of those keys that are kept."""
    return dict(conn.execute(sql("calibration_ids"), {"keys": list(keys)}).fetchall())


def _calibrations(conn: psycopg.Connection, name: str, parameters: Mapping[str, Any]) -> list[Calibration]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return [_calibration(row) for row in cursor.execute(sql(name), parameters)]


def as_record(calibration: NewCalibration) -> dict[str, Any]:
    """Write a calibration as what JSON can hold; what is not finite is null."""
    record: dict[str, Any] = {}
    for name in (part.name for part in fields(calibration)):
        record[name] = value = getattr(calibration, name)
        if isinstance(value, datetime):
            record[name] = value.isoformat()
        elif name in (*NUMBERS, "provenance"):
            record[name] = _finite(value)
    return record


def of_record(record: Mapping[str, Any]) -> NewCalibration:
    """Read what :func:`as_record` wrote, to the last bit; a number that is null is NaN, as out of the database."""
    times = {name: datetime.fromisoformat(record[name]) for name in TIMES if record[name] is not None}
    numbers = {name: _numbers(record[name]) for name in NUMBERS}
    return NewCalibration(**{**record, **times, **numbers})


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _calibration(row: DictRow) -> Calibration:
    return Calibration(**{name: _numbers(value) if name in NUMBERS else value for name, value in row.items()})


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_numbers(part) for part in value]
    return math.nan if value is None else value
