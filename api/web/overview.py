"""Everything the map shows at one moment, fetched through storage, and the part that a page of its table shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from psycopg import Connection

from api.web import choosing, markers
from api.web.markers import Marker, Markers
from api.web.view import Averaging, View
from api.web.wording import Wording
from storage import overview, references
from validation.flags import FAIL

HOUR = timedelta(hours=1)
ROWS = 100
"""Rows in a page of the table: more than most networks have, and still quick to draw."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a map of means is about: [begin, end); both None where it shows last readings or nothing is known yet."""

    begin: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """All markers of a view in its order, those of the page of its table, and the one that was chosen."""

    found: Markers
    total: int
    period: Period
    rows: list[Marker]
    page: int
    pages: int
    station: Marker | None


def gather(conn: Connection, view: View, wording: Wording, now: datetime) -> Overview:
    """Fetch a view; the chosen station is found also where the filter leaves it out."""
    every, period = fetch(conn, view, now)
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


def fetch(conn: Connection, view: View, now: datetime) -> tuple[Markers, Period]:
    """Fetch all markers of a view, unfiltered, and what their means are about."""
    stations, period = _stations(conn, view, now)
    hours = references.hours(conn, view.observed_property, now - timedelta(days=2), now)
    end = period.end or now
    official = markers.official_table(references.list_stations(conn), hours, view.averaging, end)
    return markers.paint(stations, official, view, now), period


def _stations(conn: Connection, view: View, now: datetime) -> tuple[pa.Table, Period]:
    if view.averaging is Averaging.LAST:
        return overview.last_readings(conn, view.observed_property), Period()
    whole = now.replace(minute=0, second=0, microsecond=0)
    newest = overview.newest_hour(conn, view.observed_property, since=whole - timedelta(hours=6), before=whole)
    if newest is None:
        return overview.STATIONS.empty_table(), Period()
    end = newest + HOUR
    hours, least = (24, markers.DAY_HOURS) if view.averaging is Averaging.DAY else (1, 1)
    begin = end - hours * HOUR
    table = overview.means(conn, view.observed_property, begin, end, least=least, fail=int(FAIL))
    return table, Period(begin, end)
