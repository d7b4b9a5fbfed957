"""Citizen stations: the list, and one with its series."""

from typing import Annotated

import fastapi
from fastapi import APIRouter, Path, Request, Response

from api import paging, representations
from api.cursors import decode_cursor
from api.database import Database
from api.errors import NotFoundError
from api.models.stations import StationCollection, StationDetail, StationPage
from api.negotiation import ONLY_JSON, Places, offers
from api.parameters import LIMIT_DEFAULT, PRINTABLE, CursorParameter, LimitParameter, PlaceQuery, Query
from api.tables import page_answer
from storage import references
from storage.pages import LatestWanted, latest
from storage.selection import StationFilter, select_stations
from storage.series import series_of_station
from storage.stations import find_station

STATION_COLUMNS = (
    "stationId",
    "name",
    "latitude",
    "longitude",
    "municipality",
    "project",
    "simulated",
    "createdAt",
    "removedAt",
)

router = APIRouter(prefix="/stations", tags=["stations"])

StationId = Annotated[str, Path(alias="stationId", pattern=PRINTABLE, examples=["gooi-01"])]


class StationQuery(PlaceQuery):
    """Which stations."""

    limit: LimitParameter = LIMIT_DEFAULT
    after: CursorParameter | None = None


@router.get("", response_model=StationPage, responses=offers(StationCollection, tables=True))
def list_all_stations(
    request: Request, conn: Database, query: Annotated[StationQuery, fastapi.Query()], media_type: Places
) -> Response:
    """List the active stations, in pages, in the order of their ids."""
    near, radius = query.circle()
    wanted = StationFilter(
        municipality=query.municipality,
        project=query.project,
        area=query.area,
        bbox=query.corners,
        near=near,
        radius_m=radius,
    )
    after = decode_cursor(query.after) if query.after else None
    rows = select_stations(conn, wanted, after=after, limit=query.limit + 1)
    page = paging.cut(request, rows, query.limit, key=lambda row: row.station_id)
    listed = [representations.station(row).model_dump(by_alias=True) for row in page.rows]
    return page_answer(listed, page, media_type, columns=STATION_COLUMNS)


@router.get("/{stationId}", dependencies=[ONLY_JSON])
def get_station(station_id: StationId, conn: Database, _query: Annotated[Query, fastapi.Query()]) -> StationDetail:
    """Get one station with its series and their last readings; one that was removed has no last readings."""
    row = find_station(conn, station_id)
    if row is None:
        raise NotFoundError("station", station_id, "/v1/stations")
    last = latest(conn, LatestWanted(station_id=station_id))
    return StationDetail(
        **representations.station(row).model_dump(),
        series=representations.series(series_of_station(conn, station_id), last),
        nearest_reference=representations.nearest(row, references.list_stations(conn)),
    )
