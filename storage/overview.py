"""What a map of all stations shows: one row a station, as Arrow columns; and the places that can be looked for."""

from datetime import datetime
from typing import NamedTuple

import psycopg
import pyarrow as pa

from storage.columns import UTC_TIME, fetch_table
from storage.statements import sql

STATIONS = pa.schema(
    {
        "station_id": pa.string(),
        "name": pa.string(),
        "latitude": pa.float64(),
        "longitude": pa.float64(),
        "municipality": pa.string(),
        "simulated": pa.bool_(),
        "unit": pa.string(),
        "time": UTC_TIME,
        "raw": pa.float64(),
        "value": pa.float64(),
        "lower": pa.float64(),
        "upper": pa.float64(),
        "flags": pa.int32(),
        "hours": pa.int32(),
    }
)
"""The columns of `map_last` and `map_means`; `time` is the end of what is shown, `hours` null for a reading."""


class Place(NamedTuple):
    """Something to look for: a station, an official one, or an area with its box [degrees, WGS 84]."""

    kind: str
    id: str
    name: str
    beside: str | None
    latitude: float
    longitude: float
    min_lon: float | None
    min_lat: float | None
    max_lon: float | None
    max_lat: float | None


def last_readings(conn: psycopg.Connection, observed_property: str) -> pa.Table:
    """Fetch the last reading of every active station, by station id."""
    return fetch_table(conn, "map_last", STATIONS, {"observed_property": observed_property})


def means(
    conn: psycopg.Connection, observed_property: str, begin: datetime, end: datetime, *, least: int, fail: int
) -> pa.Table:
    """Fetch every active station's mean of its hours in [begin, end); null with fewer than `least` good ones.

    Hours with a flag of `fail` do not count.
    """
    wanted = {"observed_property": observed_property, "begin": begin, "end": end, "least": least, "fail": fail}
    return fetch_table(conn, "map_means", STATIONS, wanted)


def newest_hour(
    conn: psycopg.Connection, observed_property: str, *, since: datetime, before: datetime
) -> datetime | None:
    """Find the begin of the newest hour in [since, before) that any station has a value of."""
    wanted = {"observed_property": observed_property, "since": since, "before": before}
    row = conn.execute(sql("map_newest_hour"), wanted).fetchone()
    return row[0] if row else None


def find_places(conn: psycopg.Connection, text: str, limit: int = 12) -> list[Place]:
    """Look for stations and areas by a part of their name, id or code; the best first."""
    if "\0" in text or not text.strip():
        return []
    rows = conn.execute(sql("find_places"), {"text": text.strip(), "limit": limit}).fetchall()
    return [Place(*row) for row in rows]
