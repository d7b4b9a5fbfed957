"""Official stations and their hours."""

from typing import Annotated

import fastapi
from fastapi import APIRouter, Path, Request, Response

from api import paging, representations
from api.database import Database, Now
from api.errors import NotFoundError
from api.models.references import ReferenceHourPage, ReferenceStationCollection, ReferenceStationPage
from api.negotiation import Places, Table, offers
from api.parameters import PRINTABLE, BoxQuery, PropertyName, SpanQuery
from api.tables import collection_answer, page_answer
from storage import references

STATION_COLUMNS = ("referenceStationId", "network", "name", "siteType", "latitude", "longitude")
HOUR_COLUMNS = ("begin", "end", "value", "validity", "verification", "revision")

router = APIRouter(prefix="/reference-stations", tags=["reference-stations"])

ReferenceStationId = Annotated[str, Path(alias="referenceStationId", pattern=PRINTABLE, examples=["NL10404"])]


class ReferenceHourQuery(SpanQuery):
    """Of what and when."""

    observed_property: PropertyName


@router.get("", response_model=ReferenceStationPage, responses=offers(ReferenceStationCollection, tables=True))
def list_reference_stations(
    conn: Database, query: Annotated[BoxQuery, fastapi.Query()], media_type: Places
) -> Response:
    """List the official stations."""
    rows = references.list_stations(conn, bbox=query.corners)
    listed = [representations.reference_station(row).model_dump(by_alias=True) for row in rows]
    return collection_answer(listed, media_type, columns=STATION_COLUMNS)


@router.get("/{referenceStationId}/hours", response_model=ReferenceHourPage, responses=offers(tables=True))
def list_reference_hours(
    reference_station_id: ReferenceStationId,
    request: Request,
    conn: Database,
    query: Annotated[ReferenceHourQuery, fastapi.Query()],
    now: Now,
    media_type: Table,
) -> Response:
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
    listed = [item.model_dump(by_alias=True) for item in representations.reference_hours(page.rows)]
    return page_answer(listed, page, media_type, columns=HOUR_COLUMNS)
