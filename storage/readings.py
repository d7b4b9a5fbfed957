"""Readings: many in as columns, few out as rows. A reading is written once: what comes again changes nothing."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from storage.binary import encode
from storage.rows import Floats, ReadingColumns, StoreResult, Times
from storage.staging import distinct_rows, fetch, refuse_autocommit, stage
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

_Columns = dict[str, npt.NDArray[Any]]


def stepped(values: Floats) -> Floats:
    """Round to the step that values of readings are kept in; raw values never are."""
    found: Floats = np.rint(values / STEP) * STEP
    return found


def whole_seconds(times: Times) -> Times:
    """Leave out the fractions of a second of times of arrival: nobody asks for them, and they do not pack."""
    return times.astype("datetime64[s]").astype("datetime64[us]")


def store(
    conn: psycopg.Connection, readings: ReadingColumns, *, newer: npt.NDArray[np.bool_] | None = None
) -> StoreResult:
    """Store what is new of a batch, and the newest of each series in `latest`; the caller commits.

    Of several readings with one (series, time), in the batch or stored before, the first stays. `newer` says which are
    later than all that the caller knows to be stored of their series: those go in at half the cost, and where it was
    wrong about one, nothing but that cost is lost. A raw value that is not finite is refused as psycopg.IntegrityError
    (the caller has to roll back), NaT as ValueError; then nothing of the batch is stored.
    """
    rows = distinct_rows(readings.series_key, readings.time)
    columns = {name: getattr(readings, name)[rows] for name in COLUMNS}
    columns |= {name: stepped(columns[name]) for name in VALUES}
    columns["received_at"] = whole_seconds(columns["received_at"])
    straight = np.zeros(len(rows), np.bool_) if newer is None else newer[rows]
    if not _copy(conn, _where(columns, straight)):
        straight = np.zeros(len(rows), np.bool_)
    stored = int(straight.sum()) + _insert(conn, _where(columns, ~straight))
    last = np.diff(columns["series_key"], append=-1) != 0  # ordered by series and time
    stage(conn, "reading", COLUMNS, _where(columns, last))
    conn.execute(sql("store_latest"))
    return StoreResult(stored=stored, duplicates=len(readings.time) - stored)


def _copy(conn: psycopg.Connection, columns: _Columns) -> bool:
    """Copy readings straight into their table; False, and nothing is copied, where one of them is there already."""
    if not len(columns["time"]):
        return True
    refuse_autocommit(conn)
    nulls = {name: np.isnan(columns[name]) for name in VALUES}
    stream = encode(COLUMNS, columns, nulls | {"calibration_key": columns["calibration_key"] == 0})
    conn.execute("SAVEPOINT copied")
    try:
        with conn.cursor().copy(sql("copy_readings")) as copy:
            copy.write(stream)
    except psycopg.errors.UniqueViolation:
        conn.execute("ROLLBACK TO SAVEPOINT copied")
        return False
    conn.execute("RELEASE SAVEPOINT copied")
    return True


def _insert(conn: psycopg.Connection, columns: _Columns) -> int:
    """Insert the readings that are not there yet, and count them."""
    if not len(columns["time"]):
        return 0
    stage(conn, "reading", COLUMNS, columns)
    return conn.execute(sql("store_readings")).rowcount


def _where(columns: _Columns, chosen: npt.NDArray[np.bool_]) -> _Columns:
    return columns if chosen.all() else {name: column[chosen] for name, column in columns.items()}


def recent(conn: psycopg.Connection, series_keys: Collection[int], *, count: int, since: datetime) -> ReadingColumns:
    """Fetch each series' last `count` readings since a time, ordered by series and time: the warm start of ingest."""
    wanted = {"series_keys": sorted(set(series_keys)), "count": count, "since": since}
    return ReadingColumns(**fetch(conn, "recent_readings", COLUMNS, wanted))


def last_time(conn: psycopg.Connection) -> datetime | None:
    """Return the newest time of any reading."""
    row = conn.execute(sql("last_time")).fetchone()
    return row[0] if row else None
