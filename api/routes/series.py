"""What one sensor measured of one property: single readings and validated hours."""

from typing import Annotated

import fastapi
from fastapi import APIRouter, Path, Request, Response
from psycopg import Connection

from api import paging, representations
from api.database import Database, Now
from api.errors import NotFoundError
from api.models import HourPage, ReadingPage
from api.negotiation import ONLY_JSON
from api.parameters import SpanQuery
from storage.hours import list_hours
from storage.readings import list_readings
from storage.series import find_series

router = APIRouter(prefix="/series", tags=["series"], dependencies=[ONLY_JSON])

SeriesId = Annotated[int, Path(alias="seriesId", ge=1, le=2**31 - 1)]


@router.get("/{seriesId}/readings")
def list_series_readings(
    series_id: SeriesId,
    request: Request,
    response: Response,
    conn: Database,
    query: Annotated[SpanQuery, fastapi.Query()],
    now: Now,
) -> ReadingPage:
    """List a series' readings in begin <= time < end, oldest first."""
    begin, end = query.span(now)
    _check_exists(conn, series_id)
    rows = list_readings(conn, series_id, begin, end, after=query.after_time(), limit=query.limit + 1)
    page = paging.cut(request, rows, query.limit, key=lambda row: row.time.isoformat())
    response.headers["Link"] = page.header
    return ReadingPage(items=representations.readings(page.rows), next=page.next, links=page.links)


@router.get("/{seriesId}/hours")
def list_series_hours(
    series_id: SeriesId,
    request: Request,
    response: Response,
    conn: Database,
    query: Annotated[SpanQuery, fastapi.Query()],
    now: Now,
) -> HourPage:
    """List a series' hours that begin in begin <= hour < end, oldest first."""
    begin, end = query.span(now)
    _check_exists(conn, series_id)
    rows = list_hours(conn, series_id, begin, end, after=query.after_time(), limit=query.limit + 1)
    page = paging.cut(request, rows, query.limit, key=lambda row: row.begin.isoformat())
    response.headers["Link"] = page.header
    return HourPage(items=representations.hours(page.rows), next=page.next, links=page.links)


def _check_exists(conn: Connection, series_id: int) -> None:
    if find_series(conn, series_id) is None:
        raise NotFoundError("series", series_id, "/v1/stations/{stationId}")
