"""Everything the map shows at one moment, fetched through storage, and the part that a page of its table shows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from psycopg import Connection

from api.web import choosing, markers
from api.web.markers import Marker, Markers
from api.web.recent import Fetched, Recent
from api.web.view import Averaging, View
from api.web.wording import Wording
from storage import overview, references
from validation.flags import FAIL

HOUR = timedelta(hours=1)
ROWS = 100
"""Rows in a page of the table: more than most networks have, and still quick to draw."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How a request comes to what it shows: what was fetched a moment ago, else a connection of the pool."""

    recent: Recent
    connect: Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Overview:
    """All markers of a view in its order, those of the page of its table, and the one that was chosen."""

    found: Markers
    total: int
    period: Fetched
    rows: list[Marker]
    page: int
    pages: int
    station: Marker | None


def gather(reader: Reader, view: View, wording: Wording, now: datetime) -> Overview:
    """Fetch a view; the chosen station is found also where the filter leaves it out."""
    every, period = see(reader, view, now)
    found = every.take(choosing.chosen(every, view, wording))
    found = found.take(choosing.ordered(found, view.sort))
    pages = max(1, -(-len(found) // ROWS))
    page = min(view.page, pages)
    first = (page - 1) * ROWS
    return Overview(
        found=found,
        total=len(every),
        period=period,
        rows=found.take(np.arange(first, min(first + ROWS, len(found)))).rows(),
        page=page,
        pages=pages,
        station=one_of(every, view.station),
    )


def one_of(every: Markers, station_id: str) -> Marker | None:
    """Find the marker of a station."""
    places = np.flatnonzero(np.asarray(every.table["station_id"].to_numpy()) == station_id)
    return every.take(places[:1]).rows()[0] if places.size else None


def see(reader: Reader, view: View, now: datetime) -> tuple[Markers, Fetched]:
    """Paint all markers of a view, unfiltered, and say what their means are about."""
    found = reader.recent.get(
        view.observed_property, view.averaging, now, lambda: _fetch(reader, view.observed_property, view.averaging, now)
    )
    return markers.paint(found.stations, found.official, view, now), found


def _fetch(reader: Reader, observed_property: str, averaging: Averaging, now: datetime) -> Fetched:
    with reader.connect() as conn:
        begin, end = _span(conn, observed_property, averaging, now)
        if averaging is Averaging.LAST:
            stations = overview.last_readings(conn, observed_property)
        elif begin is None or end is None:
            stations = overview.STATIONS.empty_table()
        else:
            least = markers.DAY_HOURS if averaging is Averaging.DAY else 1
            stations = overview.means(conn, observed_property, begin, end, least=least, fail=int(FAIL))
        hours = references.hours(conn, observed_property, now - timedelta(days=2), now)
        official = markers.official_table(references.list_stations(conn), hours, averaging, end or now)
    return Fetched(now, stations, official, begin, end)


def _span(
    conn: Connection, observed_property: str, averaging: Averaging, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Find the hour, or the 24 hours, that end with the newest hour of which any station has a value."""
    if averaging is Averaging.LAST:
        return None, None
    whole = now.replace(minute=0, second=0, microsecond=0)
    newest = overview.newest_hour(conn, observed_property, since=whole - timedelta(hours=6), before=whole)
    if newest is None:
        return None, None
    return newest + HOUR - (24 if averaging is Averaging.DAY else 1) * HOUR, newest + HOUR
