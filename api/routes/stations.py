"""Citizen stations: the list, and one with its series."""

from typing import Annotated

import fastapi
from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from api import paging, representations
from api.database import Database
from api.errors import BadParameterError, NotFoundError
from api.models import StationCollection, StationDetail, StationPage
from api.negotiation import GEOJSON, ONLY_JSON, JsonOrGeojson, answer, offers
from api.parameters import (
    LIMIT_DEFAULT,
    PRINTABLE,
    RADIUS_MAX,
    BoxQuery,
    CursorParameter,
    LimitParameter,
    PlaceParameter,
    Query,
    decode_cursor,
)
from storage import references
from storage.readings import latest
from storage.rows import Station
from storage.series import series_of_station
from storage.stations import find_station, list_stations

RADIUS_DEFAULT = 5000.0  # [m]

router = APIRouter(prefix="/stations", tags=["stations"])

StationId = Annotated[str, Path(alias="stationId", pattern=PRINTABLE, examples=["gooi-01"])]


class StationQuery(BoxQuery):
    """Which stations."""

    near: PlaceParameter | None = None
    radius: float | None = Field(default=None, gt=0, le=RADIUS_MAX, description="[m] around `near`; 5000 without it.")
    limit: LimitParameter = LIMIT_DEFAULT
    after: CursorParameter | None = None

    def circle(self) -> tuple[tuple[float, float] | None, float | None]:
        """Give (lat, lon) and radius [m] as storage takes them; BadParameterError for a radius around nothing."""
        if self.near is not None:
            return (self.near.latitude, self.near.longitude), self.radius or RADIUS_DEFAULT
        if self.radius is not None:
            raise BadParameterError("radius", "radius needs a point: add near=lat,lon, or leave radius out.")
        return None, None


@router.get("", response_model=StationPage, responses=offers(StationCollection))
def list_all_stations(
    request: Request, conn: Database, query: Annotated[StationQuery, fastapi.Query()], media_type: JsonOrGeojson
) -> Response:
    """List the active stations, in pages, in the order of their ids."""
    near, radius = query.circle()
    after = decode_cursor(query.after) if query.after else None
    rows = list_stations(conn, bbox=query.corners, near=near, radius_m=radius, after=after, limit=query.limit + 1)
    page = paging.cut(request, rows, query.limit, key=lambda row: row.station_id)
    if media_type == GEOJSON:
        return answer(_collection(page), media_type, page.header)
    items = [representations.station(row) for row in page.rows]
    return answer(StationPage(items=items, next=page.next, links=page.links), media_type, page.header)


@router.get("/{stationId}", dependencies=[ONLY_JSON])
def get_station(station_id: StationId, conn: Database, _query: Annotated[Query, fastapi.Query()]) -> StationDetail:
    """Get one station with its series and their last readings; one that was removed has no last readings."""
    row = find_station(conn, station_id)
    if row is None:
        raise NotFoundError("station", station_id, "/v1/stations")
    last = latest(conn, station_id=station_id)
    return StationDetail(
        **representations.station(row).model_dump(),
        series=representations.series(series_of_station(conn, station_id), last),
        nearest_reference=representations.nearest(row, references.list_stations(conn)),
    )


def _collection(page: paging.Page[Station]) -> StationCollection:
    features = [representations.station_feature(row) for row in page.rows]
    return StationCollection(features=features, next=page.next, links=page.links)
