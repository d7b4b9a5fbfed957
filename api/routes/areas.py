"""Areas and their statistics."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import fastapi
import msgspec
from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from api import paging
from api.area_interval import interval
from api.cursors import decode_cursor
from api.database import Database, Now
from api.errors import BadParameterError, NotFoundError
from api.models.areas import AreaCollection, AreaDetail, AreaItem, AreaPage, AreaStatistics
from api.negotiation import GEOJSON, ONLY_JSON, Places, offers
from api.parameters import (
    LIMIT_DEFAULT,
    PRINTABLE,
    BoxQuery,
    CursorParameter,
    LimitParameter,
    PlaceParameter,
    PropertyName,
    Query,
    TimeParameter,
)
from api.tables import page_answer
from storage import areas
from storage.areas import Area, Statistics
from validation.flags import FAIL

COLUMNS = ("code", "name", "kind", "bbox")
SPAN_DEFAULT, SPAN_MAX = timedelta(days=1), timedelta(days=366)

router = APIRouter(prefix="/areas", tags=["areas"])

AreaCode = Annotated[str, Path(alias="code", pattern=PRINTABLE, examples=["GM0402"])]


class AreaQuery(BoxQuery):
    """Which areas."""

    near: PlaceParameter | None = Field(default=None, description="lat,lon: the areas that hold this point.")
    kind: str | None = Field(default=None, pattern="^[a-z][a-z0-9-]{0,39}$", description="As municipality.")
    limit: LimitParameter = LIMIT_DEFAULT
    after: CursorParameter | None = None


class StatisticsQuery(Query):
    """Of what and when."""

    observed_property: PropertyName
    begin: TimeParameter | None = Field(default=None, description="Without it, a day before end.")
    end: TimeParameter | None = Field(default=None, description="Without it, now.")

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Complete the interval; BadParameterError where it is empty or longer than a year."""
        end = self.end or now.replace(minute=0, second=0, microsecond=0)
        begin = self.begin or end - SPAN_DEFAULT
        if not timedelta(0) < end - begin <= SPAN_MAX:
            raise BadParameterError("begin", f"begin must be before end, and at most {SPAN_MAX.days} days before it.")
        return begin, end


@router.get("", response_model=AreaPage, responses=offers(AreaCollection, tables=True))
def list_areas(
    request: Request, conn: Database, query: Annotated[AreaQuery, fastapi.Query()], media_type: Places
) -> Response:
    """List areas, by code; their outlines come with GeoJSON, and one by one."""
    near = (query.near.latitude, query.near.longitude) if query.near else None
    rows = areas.select_areas(
        conn,
        kind=query.kind,
        bbox=query.corners,
        near=near,
        after=decode_cursor(query.after) if query.after else None,
        limit=query.limit + 1,
        with_geometry=media_type == GEOJSON,
    )
    page = paging.cut(request, rows, query.limit, key=lambda row: row.code)
    return page_answer([_listed(row) for row in page.rows], page, media_type, columns=COLUMNS)


@router.get("/{code}", dependencies=[ONLY_JSON], response_model=AreaDetail)
def get_area(code: AreaCode, conn: Database, _query: Annotated[Query, fastapi.Query()]) -> Response:
    """Get one area with its outline."""
    row = _need(conn, code)
    body = {**_listed(row), "source": row.source, "loadedAt": row.loaded_at}
    return Response(msgspec.json.encode(body), media_type="application/json")


@router.get("/{code}/statistics", dependencies=[ONLY_JSON])
def get_area_statistics(
    code: AreaCode, conn: Database, query: Annotated[StatisticsQuery, fastapi.Query()], now: Now
) -> AreaStatistics:
    """Get what the stations of an area measured together; with fewer than three of them no number is given."""
    area = _need(conn, code)
    begin, end = query.span(now)
    found = areas.statistics(conn, code, query.observed_property, begin, end, fail=int(FAIL))
    return AreaStatistics(
        area=_item(area),
        observed_property=query.observed_property,
        unit=found.unit,
        begin=begin,
        end=end,
        stations=found.stations,
        measuring=found.measuring,
        **_numbers(found, hours=(end - begin) / timedelta(hours=1)),
    )


def _numbers(found: Statistics, *, hours: float) -> dict[str, Any]:
    """Give the numbers, or none of them; the interval joins the stations' scatter and what they have in common."""
    names = ("median", "mean", "lower", "upper", "min", "max", "sd", "p5", "p25", "p75", "p95", "coverage")
    shown = interval(found)
    if shown is None or found.quantiles is None:
        return {"hidden": True, **dict.fromkeys(names)}
    median, *bounds = shown
    spread = (found.minimum, found.maximum, found.sd, *found.quantiles)
    coverage = min(1.0, found.hours / (found.measuring * hours))
    return {"hidden": False, **dict(zip(names, (median, found.mean, *bounds, *spread, coverage), strict=True))}


def _need(conn: Database, code: str) -> Area:
    row = areas.find_area(conn, code)
    if row is None:
        raise NotFoundError("area", code, "/v1/areas")
    return row


def _item(row: Area) -> AreaItem:
    return AreaItem(code=row.code, name=row.name, kind=row.kind, bbox=_bbox(row))


def _bbox(row: Area) -> tuple[float, float, float, float]:
    return (row.min_lon, row.min_lat, row.max_lon, row.max_lat)


def _listed(row: Area) -> dict[str, Any]:
    item: dict[str, Any] = {"code": row.code, "name": row.name, "kind": row.kind, "bbox": _bbox(row)}
    if row.geometry is not None:
        item["geometry"] = msgspec.Raw(row.geometry.encode())
    return item
