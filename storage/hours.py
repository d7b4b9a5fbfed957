"""Hours: means of the readings, and beside them what validation makes of them. Raw and validated never mix."""

from collections.abc import Collection
from datetime import datetime

import psycopg

from storage import locks
from storage.rows import RawHours, ValidatedHours
from storage.staging import distinct_rows, fetch, stage
from storage.statements import sql

RAW_COLUMNS = {
    "series_key": "int4",
    "begin": "timestamptz",
    "raw": "float4",
    "data_capture": "float4",
    "flags": "int4",
    "spread": "float4",
}
VALIDATED_COLUMNS = {
    "series_key": "int4",
    "begin": "timestamptz",
    "value": "float4",
    "lower": "float4",
    "upper": "float4",
    "estimate": "float4",
    "estimate_lower": "float4",
    "estimate_upper": "float4",
    "flags": "int4",
    "calibration_key": "int8",
}


def aggregate(
    conn: psycopg.Connection, begin: datetime, end: datetime, *, now: datetime, unusable: int = 1 << 1
) -> int:
    """Compute every hour in [begin, end), both full hours, from its readings; return how many are new or changed.

    An hour takes the readings with begin < time <= end, for a reading's time is the end of its interval, without those
    with a flag of the mask `unusable` (by default: out of range); its data capture is the share of the times that its
    series usually sends in an hour, twelve at most. Computing it again (late readings) keeps what validation wrote,
    until validation runs again. ValueError for other bounds.
    """
    for bound in (begin, end):
        if bound.timestamp() % 3600:
            raise ValueError(f"{bound.isoformat()} is not a full hour")
    return conn.execute(sql("aggregate_hours"), {"begin": begin, "end": end, "now": now, "unusable": unusable}).rowcount


def learn_intervals(conn: psycopg.Connection, end: datetime, *, known_too: bool) -> int:
    """Learn how often series send from the day before `end`: those not known yet, or all; return how many changed."""
    return conn.execute(sql("learn_intervals"), {"end": end, "known_too": known_too}).rowcount


def raw_hours(
    conn: psycopg.Connection, observed_properties: Collection[str], begin: datetime, end: datetime
) -> RawHours:
    """Fetch the raw hourly means of some properties with begin <= hour < end, ordered by series and hour."""
    wanted = {"observed_properties": list(observed_properties), "begin": begin, "end": end}
    return RawHours(**fetch(conn, "raw_hours", RAW_COLUMNS, wanted))


def store_validated(conn: psycopg.Connection, hours: ValidatedHours, *, published_at: datetime | None = None) -> int:
    """Write what validation found beside the raw means, where there are any; return the number of hours written.

    An hour whose outcome is the same beyond float noise is not written; an outcome that is replaced is kept as a
    revision. `published_at` is the time of the statement unless it is given. Writers wait for each other, so that what
    is published later has a later time.
    """
    rows = distinct_rows(hours.series_key, hours.begin, keep_last=True)
    conn.execute(sql("lock_hours"), {"lock": locks.HOURS})
    stage(conn, "hour", VALIDATED_COLUMNS, {name: getattr(hours, name)[rows] for name in VALIDATED_COLUMNS})
    return conn.execute(sql("store_validated"), {"published_at": published_at}).rowcount


def late_hours(conn: psycopg.Connection, *, since: datetime, before: datetime, late: int) -> list[datetime]:
    """List the hours before a time that got readings with the `late` flag (a bit) since another time, oldest first."""
    return [row[0] for row in conn.execute(sql("late_hours"), {"since": since, "before": before, "late": late})]


def last_begin(conn: psycopg.Connection) -> datetime | None:
    """Return the begin of the newest hour of any series."""
    row = conn.execute(sql("last_begin")).fetchone()
    return row[0] if row else None


def last_validated(conn: psycopg.Connection) -> datetime | None:
    """Return the begin of the newest hour that validation has published."""
    row = conn.execute(sql("last_validated")).fetchone()
    return row[0] if row else None


def summarize(conn: psycopg.Connection) -> None:
    """Have the ranges of blocks summarised that were filled since the last time: by these, times are found."""
    conn.execute(sql("summarize_ranges"))
