"""Official stations and their hours."""

from typing import Annotated

import fastapi
from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from api import paging, representations
from api.database import Database, Now
from api.errors import NotFoundError
from api.models import ReferenceHourPage, ReferenceStationCollection, ReferenceStationPage
from api.negotiation import GEOJSON, ONLY_JSON, JsonOrGeojson, answer, offers
from api.parameters import PRINTABLE, BoxQuery, SpanQuery
from storage import references

router = APIRouter(prefix="/reference-stations", tags=["reference-stations"])

ReferenceStationId = Annotated[str, Path(alias="referenceStationId", pattern=PRINTABLE, examples=["NL10404"])]


class ReferenceHourQuery(SpanQuery):
    """Of what and when."""

    observed_property: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,39}$", description="As pm2_5, pm10, no2, o3.", examples=["pm2_5"]
    )


@router.get("", response_model=ReferenceStationPage, responses=offers(ReferenceStationCollection))
def list_reference_stations(
    conn: Database, query: Annotated[BoxQuery, fastapi.Query()], media_type: JsonOrGeojson
) -> Response:
    """List the official stations."""
    rows = references.list_stations(conn, bbox=query.corners)
    if media_type == GEOJSON:
        features = [representations.reference_station_feature(row) for row in rows]
        return answer(ReferenceStationCollection(features=features), media_type)
    return answer(ReferenceStationPage(items=[representations.reference_station(row) for row in rows]), media_type)


@router.get("/{referenceStationId}/hours", dependencies=[ONLY_JSON])
def list_reference_hours(
    reference_station_id: ReferenceStationId,
    request: Request,
    response: Response,
    conn: Database,
    query: Annotated[ReferenceHourQuery, fastapi.Query()],
    now: Now,
) -> ReferenceHourPage:
    """List an official station's hours of one property [µg/m³], each in its newest revision, oldest first."""
    begin, end = query.span(now)
    known = {row.reference_station_id for row in references.list_stations(conn)}
    if reference_station_id not in known:
        raise NotFoundError("reference station", reference_station_id, "/v1/reference-stations")
    rows = references.list_hours(
        conn,
        reference_station_id,
        query.observed_property,
        begin,
        end,
        limit=query.limit + 1,
        after=query.after_time(),
    )
    page = paging.cut(request, rows, query.limit, key=lambda row: row.begin.isoformat())
    response.headers["Link"] = page.header
    return ReferenceHourPage(items=representations.reference_hours(page.rows), next=page.next, links=page.links)
