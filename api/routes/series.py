"""What one sensor measured of one property: which series there are, their readings, validated hours and days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import fastapi
from fastapi import APIRouter, Path, Request, Response
from psycopg import Connection
from pydantic import AfterValidator, Field

from api import columns, items, paging
from api.columns import columns_answer
from api.cursors import KEY_MAX, decode_key_cursor
from api.database import Database, Now
from api.items import Item
from api.models.series import DayPage, HourPage, ReadingPage, SeriesCollection, SeriesPage
from api.negotiation import COLUMNAR, Places, Table, offers
from api.parameters import LIMIT_DEFAULT, CursorParameter, FlaggedQuery, LimitParameter, SpanQuery, TimeParameter
from api.series_choice import SeriesChoice, known_series
from api.tables import page_answer
from api.time_zones import time_zones
from storage import pages
from storage.pages import DayRow, Window
from storage.selection import select_series

Row = TypeVar("Row")

router = APIRouter(prefix="/series", tags=["series"])

SeriesId = Annotated[int, Path(alias="seriesId", ge=1, le=KEY_MAX)]


def known_zone(name: str) -> str:
    """Let a time zone of the IANA database through; ValueError for another."""
    if name not in time_zones():
        raise ValueError(f"'{name}' is no time zone: write one as Europe/Amsterdam, or leave timeZone out for UTC")
    return name


class SeriesQuery(SeriesChoice):
    """Which series."""

    limit: LimitParameter = LIMIT_DEFAULT
    after: CursorParameter | None = None


class HourQuery(FlaggedQuery):
    """Hours, and as of when."""

    as_of: TimeParameter | None = Field(
        default=None, description="What was published at this time; without it what stands now."
    )


class DayQuery(SpanQuery):
    """Days of a time zone."""

    time_zone: Annotated[str, AfterValidator(known_zone)] = Field(
        default="UTC", description="Whose days, as Europe/Amsterdam.", examples=["Europe/Amsterdam"]
    )


@router.get("", response_model=SeriesPage, responses=offers(SeriesCollection, tables=True))
def list_all_series(
    request: Request, conn: Database, query: Annotated[SeriesQuery, fastapi.Query()], media_type: Places
) -> Response:
    """List the series of the active stations, in pages, in the order of their ids."""
    after = decode_key_cursor(query.after) if query.after else None
    rows = select_series(conn, query.wanted(), after=after, limit=query.limit + 1)
    page = paging.cut(request, rows, query.limit, key=lambda row: str(row.series_key))
    return page_answer([items.series(row) for row in page.rows], page, media_type, columns=items.SERIES_COLUMNS)


@router.get("/{seriesId}/readings", response_model=ReadingPage, responses=offers(tables=True, columns=True))
def list_series_readings(
    series_id: SeriesId,
    request: Request,
    conn: Database,
    query: Annotated[FlaggedQuery, fastapi.Query()],
    now: Now,
    media_type: Table,
) -> Response:
    """List a series' readings in begin <= time < end, oldest first."""
    window = _window(conn, series_id, query, now, any_of=query.flag, none_of=query.without_flag)
    return _page(request, conn, window, READINGS, media_type)


@router.get("/{seriesId}/hours", response_model=HourPage, responses=offers(tables=True, columns=True))
def list_series_hours(
    series_id: SeriesId,
    request: Request,
    conn: Database,
    query: Annotated[HourQuery, fastapi.Query()],
    now: Now,
    media_type: Table,
) -> Response:
    """List a series' hours that begin in begin <= hour < end, oldest first."""
    window = _window(conn, series_id, query, now, any_of=query.flag, none_of=query.without_flag, as_of=query.as_of)
    return _page(request, conn, window, HOURS, media_type)


@router.get("/{seriesId}/days", response_model=DayPage, responses=offers(tables=True, columns=True))
def list_series_days(
    series_id: SeriesId,
    request: Request,
    conn: Database,
    query: Annotated[DayQuery, fastapi.Query()],
    now: Now,
    media_type: Table,
) -> Response:
    """List a series' days, each with coverage, extremes and quantiles of its hours in begin <= hour < end."""
    window = _window(conn, series_id, query, now)
    return _page(request, conn, window, _days_of(query.time_zone), media_type)


@dataclass(frozen=True, slots=True)
class _Kind(Generic[Row]):
    """How one kind of row is fetched and shown: as items, and as columns; pages go by the column `key`."""

    key: str
    fields: Sequence[str]
    rows: Callable[[Connection, Window], Sequence[Row]]
    items: Callable[[Sequence[Row]], Sequence[Item]]
    table: Callable[[Connection, Window], Any]


READINGS = _Kind(
    "time",
    items.READING_COLUMNS,
    pages.readings,
    lambda rows: [items.reading(row) for row in rows],
    pages.reading_table,
)
HOURS = _Kind("begin", items.HOUR_COLUMNS, pages.hours, items.hours, pages.hour_table)


def _days_of(zone: str) -> _Kind[DayRow]:
    return _Kind(
        "begin",
        items.DAY_COLUMNS,
        lambda conn, window: pages.days(conn, window, zone=zone),
        lambda rows: [items.day(row) for row in rows],
        lambda conn, window: columns.days(pages.day_table(conn, window, zone=zone)),
    )


def _page(request: Request, conn: Connection, window: Window, kind: _Kind[Any], media_type: str) -> Response:
    """Answer with a page; the window asks for one row more than the page has."""
    limit = window.limit - 1
    if media_type in COLUMNAR:
        table = kind.table(conn, window)
        keys = paging.cut(request, table.column(kind.key), limit, key=lambda time: time.as_py().isoformat())
        cut = table.slice(0, limit)
        return columns_answer(cut, media_type, columns=kind.fields, headers={"Link": keys.header})
    rows = kind.rows(conn, window)
    page = paging.cut(request, rows, limit, key=lambda row: getattr(row, kind.key).isoformat())
    return page_answer(kind.items(page.rows), page, media_type, columns=kind.fields)


def _window(conn: Connection, series_id: int, query: SpanQuery, now: Now, **more: Any) -> Window:
    """Complete the interval of a series that is there; NotFoundError for one that is not."""
    begin, end = query.span(now)
    after = query.after_time()
    known_series(conn, series_id)
    return Window(series_id, begin, end, after=after, limit=query.limit + 1, **more)
