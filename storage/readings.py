"""Readings: many in as columns, few out as rows. A reading is written once: what comes again changes nothing."""

from collections.abc import Collection
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from storage.rows import LatestReading, Reading, ReadingColumns, StoreResult
from storage.staging import distinct_rows, fetch, stage
from storage.statements import sql
from storage.stations import Box, box

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


def store(conn: psycopg.Connection, readings: ReadingColumns) -> StoreResult:
    """Store what is new of a batch, and the newest of each series in `latest`; the caller commits.

    Of several readings with one (series, time), in the batch or stored before, the first stays. A raw value that is not
    finite is refused as psycopg.IntegrityError (the caller has to roll back), NaT as ValueError; then nothing of the
    batch is stored.
    """
    rows = distinct_rows(readings.series_key, readings.time)
    stage(conn, "reading", COLUMNS, {name: getattr(readings, name)[rows] for name in COLUMNS})
    stored = conn.execute(sql("store_readings")).rowcount
    conn.execute(sql("store_latest"))
    return StoreResult(stored=stored, duplicates=len(readings.time) - stored)


def recent(conn: psycopg.Connection, series_keys: Collection[int], *, count: int, since: datetime) -> ReadingColumns:
    """Fetch each series' last `count` readings since a time, ordered by series and time: the warm start of ingest."""
    wanted = {"series_keys": sorted(set(series_keys)), "count": count, "since": since}
    return ReadingColumns(**fetch(conn, "recent_readings", COLUMNS, wanted))


def list_readings(
    conn: psycopg.Connection,
    series_key: int,
    begin: datetime,
    end: datetime,
    *,
    after: datetime | None = None,
    limit: int = 1000,
) -> list[Reading]:
    """List a series' readings with begin <= time < end, oldest first; `after` is the last time of the page before."""
    parameters = {"series_key": series_key, "begin": begin, "end": end, "after": after, "limit": limit}
    with conn.cursor(row_factory=class_row(Reading)) as cursor:
        return cursor.execute(sql("list_readings"), parameters).fetchall()


def latest(
    conn: psycopg.Connection,
    *,
    observed_property: str | None = None,
    station_id: str | None = None,
    bbox: Box | None = None,
    since: datetime | None = None,
    limit: int = 10_000,
) -> list[LatestReading]:
    """List the last reading of each series of the active stations, by station, with public positions."""
    parameters = {"observed_property": observed_property, "station_id": station_id, "since": since, "limit": limit}
    with conn.cursor(row_factory=class_row(LatestReading)) as cursor:
        return cursor.execute(sql("latest"), {**parameters, **box(bbox)}).fetchall()


def last_time(conn: psycopg.Connection) -> datetime | None:
    """Return the newest time of any reading."""
    row = conn.execute(sql("last_time")).fetchone()
    return row[0] if row else None
