"""One value of a series with what stood beside it: what an explanation is made of."""

from datetime import datetime, timedelta

import psycopg

from storage import pages
from storage.pages import HourRow, ReadingRow, Window
from storage.statements import fetch_row, sql


def reading_at(conn: psycopg.Connection, series_key: int, time: datetime) -> ReadingRow | None:
    """Return a series' reading of one moment."""
    return fetch_row(conn, ReadingRow, "reading_at", {"series_key": series_key, "time": time})


def hour_at(conn: psycopg.Connection, series_key: int, begin: datetime) -> HourRow | None:
    """Return a series' hour with this begin."""
    found = pages.hours(conn, Window(series_key, begin, begin + timedelta(microseconds=1), limit=1))
    return found[0] if found else None


def raw_beside_reading(conn: psycopg.Connection, station_key: int, time: datetime, *, fail: int) -> dict[str, float]:
    """Return observed property → raw of the station's readings of one moment, those with a flag of `fail` left out."""
    wanted = {"station_key": station_key, "time": time, "fail": fail}
    return dict(conn.execute(sql("raw_beside_reading"), wanted).fetchall())


def raw_beside_hour(conn: psycopg.Connection, station_key: int, begin: datetime, *, fail: int) -> dict[str, float]:
    """Return observed property → raw mean of the station's hours with one begin, without those that failed."""
    wanted = {"station_key": station_key, "time": begin, "fail": fail}
    return dict(conn.execute(sql("raw_beside_hour"), wanted).fetchall())
