"""What one sensor measured of one property: which series there are, their readings, validated hours and days."""

from typing import Annotated
from zoneinfo import available_timezones

import fastapi
from fastapi import APIRouter, Path, Request, Response
from psycopg import Connection
from pydantic import AfterValidator, Field

from api import items, paging
from api.database import Database, Now
from api.errors import NotFoundError
from api.models.series import DayPage, HourPage, ReadingPage, SeriesCollection, SeriesPage
from api.negotiation import Places, Table, offers
from api.parameters import (
    LIMIT_DEFAULT,
    CursorParameter,
    FlaggedQuery,
    LimitParameter,
    PlaceQuery,
    PropertyName,
    SpanQuery,
    TextParameter,
    decode_key_cursor,
)
from api.tables import page_answer
from storage import pages
from storage.pages import Window
from storage.selection import SeriesFilter, select_series
from storage.series import find_series

router = APIRouter(prefix="/series", tags=["series"])

SeriesId = Annotated[int, Path(alias="seriesId", ge=1, le=2**31 - 1)]


def known_zone(name: str) -> str:
    """Let a time zone of the IANA database through; ValueError for another."""
    if name not in available_timezones():
        raise ValueError(f"'{name}' is no time zone: write one as Europe/Amsterdam, or leave timeZone out for UTC")
    return name


class SeriesQuery(PlaceQuery):
    """Which series."""

    station: TextParameter | None = Field(default=None, description="A stationId.")
    observed_property: PropertyName | None = None
    sensor_model: TextParameter | None = Field(default=None, description="As SPS30.")
    limit: LimitParameter = LIMIT_DEFAULT
    after: CursorParameter | None = None

    def wanted(self) -> SeriesFilter:
        """Give the filter as storage takes it."""
        near, radius = self.circle()
        return SeriesFilter(
            station_id=self.station,
            municipality=self.municipality,
            project=self.project,
            observed_property=self.observed_property,
            sensor_model=self.sensor_model,
            bbox=self.corners,
            near=near,
            radius_m=radius,
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


@router.get("/{seriesId}/readings", response_model=ReadingPage, responses=offers(tables=True))
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
    page = paging.cut(request, pages.readings(conn, window), query.limit, key=lambda row: row.time.isoformat())
    return page_answer([items.reading(row) for row in page.rows], page, media_type, columns=items.READING_COLUMNS)


@router.get("/{seriesId}/hours", response_model=HourPage, responses=offers(tables=True))
def list_series_hours(
    series_id: SeriesId,
    request: Request,
    conn: Database,
    query: Annotated[FlaggedQuery, fastapi.Query()],
    now: Now,
    media_type: Table,
) -> Response:
    """List a series' hours that begin in begin <= hour < end, oldest first."""
    window = _window(conn, series_id, query, now, any_of=query.flag, none_of=query.without_flag)
    page = paging.cut(request, pages.hours(conn, window), query.limit, key=lambda row: row.begin.isoformat())
    return page_answer(items.hours(page.rows), page, media_type, columns=items.HOUR_COLUMNS)


@router.get("/{seriesId}/days", response_model=DayPage, responses=offers(tables=True))
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
    rows = pages.days(conn, window, zone=query.time_zone)
    page = paging.cut(request, rows, query.limit, key=lambda row: row.begin.isoformat())
    return page_answer([items.day(row) for row in page.rows], page, media_type, columns=items.DAY_COLUMNS)


def _window(
    conn: Connection, series_id: int, query: SpanQuery, now: Now, *, any_of: int = 0, none_of: int = 0
) -> Window:
    """Complete the interval of a series that is there; NotFoundError for one that is not."""
    begin, end = query.span(now)
    after = query.after_time()
    if find_series(conn, series_id) is None:
        raise NotFoundError("series", series_id, "/v1/series")
    return Window(series_id, begin, end, after=after, limit=query.limit + 1, any_of=any_of, none_of=none_of)
