"""Readings: many in as columns, few out as rows. A reading is written once: what comes again changes nothing."""

from collections.abc import Collection
from datetime import datetime

import numpy as np
import psycopg

from storage.rows import Floats, ReadingColumns, StoreResult, Times
from storage.staging import distinct_rows, fetch, stage
from storage.statements import sql

COLUMNS = {
    "time": "timestamptz",
    "series_key": "int4",
    "raw": "float8",
    "value": "float4",
    "lower": "float4",
    "upper": "float4",
    "flags": "int4",
    "calibration_key": "int8",
    "received_at": "timestamptz",
}

VALUES = ("value", "lower", "upper")

STEP = 1 / 64
"""Values and their bounds are kept in steps of this [unit]: less than any sensor tells apart, and a binary fraction,
whose last bits are zeros that a columnstore packs: 5 bytes less of 25 a reading (docs/scale.md)."""


def stepped(values: Floats) -> Floats:
    """Round to the step that values of readings are kept in; raw values never are."""
    found: Floats = np.rint(values / STEP) * STEP
    return found


def whole_seconds(times: Times) -> Times:
    """Leave out the fractions of a second of times of arrival: nobody asks for them, and they do not pack."""
    return times.astype("datetime64[s]").astype("datetime64[us]")


def store(conn: psycopg.Connection, readings: ReadingColumns) -> StoreResult:
    """Store what is new of a batch, and the newest of each series in `latest`; the caller commits.

    Of several readings with one (series, time), in the batch or stored before, the first stays. A raw value that is not
    finite is refused as psycopg.IntegrityError (the caller has to roll back), NaT as ValueError; then nothing of the
    batch is stored.
    """
    rows = distinct_rows(readings.series_key, readings.time)
    columns = {name: getattr(readings, name)[rows] for name in COLUMNS}
    columns |= {name: stepped(columns[name]) for name in VALUES}
    columns["received_at"] = whole_seconds(columns["received_at"])
    stage(conn, "reading", COLUMNS, columns)
    stored = conn.execute(sql("store_readings")).rowcount
    conn.execute(sql("store_latest"))
    return StoreResult(stored=stored, duplicates=len(readings.time) - stored)


def recent(conn: psycopg.Connection, series_keys: Collection[int], *, count: int, since: datetime) -> ReadingColumns:
    """Fetch each series' last `count` readings since a time, ordered by series and time: the warm start of ingest."""
    wanted = {"series_keys": sorted(set(series_keys)), "count": count, "since": since}
    return ReadingColumns(**fetch(conn, "recent_readings", COLUMNS, wanted))


def last_time(conn: psycopg.Connection) -> datetime | None:
    """Return the newest time of any reading."""
    row = conn.execute(sql("last_time")).fetchone()
    return row[0] if row else None
