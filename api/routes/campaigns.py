"""Campaigns and their passive samples."""

from dataclasses import asdict
from typing import Annotated, Any

import fastapi
from fastapi import APIRouter, Path, Request, Response

from api import campaign_figures, paging
from api.cursors import decode_cursor, decode_key_cursor
from api.database import Database, Now
from api.errors import NotFoundError
from api.models.campaigns import CampaignDetail, CampaignPage, CampaignStatistics, SampleBatch, SamplePage
from api.negotiation import CSV, ONLY_JSON, Lines, offers
from api.parameters import LIMIT_DEFAULT, PRINTABLE, CursorParameter, LimitParameter, Query
from api.tables import page_answer
from storage import campaigns, samples
from storage.campaigns import Campaign
from validation.passive import METHODS

COLUMNS = (
    "code", "nameNl", "nameEn", "observedProperty", "begin", "end", "joining", "areaCode", "stations", "samples",
)  # fmt: skip
SAMPLE_COLUMNS = (
    "sampleId", "batch", "method", "kind", "place", "begin", "end", "latitude", "longitude", "placeIsPublic", "unit",
    "raw", "belowLimit", "value", "lower", "upper", "limited", "referenceStation", "adjustment",
)  # fmt: skip

router = APIRouter(prefix="/campaigns", tags=["campaigns"])

CampaignCode = Annotated[str, Path(alias="code", pattern=PRINTABLE, examples=["no2-hilversum"])]


class ListQuery(Query):
    """Which page."""

    limit: LimitParameter = LIMIT_DEFAULT
    after: CursorParameter | None = None


@router.get("", response_model=CampaignPage, responses=offers(tables=True))
def list_campaigns(
    request: Request, conn: Database, query: Annotated[ListQuery, fastapi.Query()], media_type: Lines
) -> Response:
    """List campaigns, by code."""
    after = decode_cursor(query.after) if query.after else None
    rows = campaigns.select(conn, after=after, limit=query.limit + 1)
    page = paging.cut(request, rows, query.limit, key=lambda row: row.code)
    return page_answer([_item(row) for row in page.rows], page, media_type, columns=COLUMNS)


@router.get("/{code}", dependencies=[ONLY_JSON])
def get_campaign(
    code: CampaignCode, conn: Database, _query: Annotated[Query, fastapi.Query()], now: Now
) -> CampaignDetail:
    """Get one campaign with its figures; with fewer than three measuring stations no number is given."""
    found = _need(conn, code)
    figures, _ = campaign_figures.gather(conn, found, found.observed_property, now)
    batches = samples.batches(conn, found.campaign_key)
    statistics = CampaignStatistics.of(figures, hidden=figures.median is None)
    return CampaignDetail.of(found, statistics=statistics, batches=[_batch(one) for one in batches])


@router.get("/{code}/samples", response_model=SamplePage, responses=offers(tables=True))
def list_campaign_samples(
    request: Request,
    code: CampaignCode,
    conn: Database,
    query: Annotated[ListQuery, fastapi.Query()],
    media_type: Lines,
) -> Response:
    """List the passive samples of a campaign: raw values as they came, and the adjusted ones beside them."""
    found = _need(conn, code)
    after = decode_key_cursor(query.after) if query.after else None
    rows = samples.select(conn, found.campaign_key, after=after, limit=query.limit + 1)
    page = paging.cut(request, rows, query.limit, key=lambda row: str(row.sample_key))
    return page_answer(
        [_sample(row, flat=media_type == CSV) for row in page.rows], page, media_type, columns=SAMPLE_COLUMNS
    )


def _need(conn: Database, code: str) -> Campaign:
    found = campaigns.find(conn, code)
    if found is None:
        raise NotFoundError("campaign", code, "/v1/campaigns")
    return found


def _item(row: Campaign) -> dict[str, Any]:
    return {
        "code": row.code, "nameNl": row.name_nl, "nameEn": row.name_en, "questionNl": row.question_nl,
        "questionEn": row.question_en, "observedProperty": row.observed_property, "begin": row.begin, "end": row.end,
        "joining": row.joining, "contactName": row.contact_name, "contactEmail": row.contact_email,
        "areaCode": row.area_code, "stations": row.stations, "samples": row.samples,
    }  # fmt: skip


def _batch(row: samples.Batch) -> SampleBatch:
    method = METHODS[row.method]
    return SampleBatch(**{name: value for name, value in asdict(row).items() if name in SampleBatch.model_fields},
                       unit=method.unit, source=method.source)  # fmt: skip


def _sample(row: samples.Sample, *, flat: bool) -> dict[str, Any]:
    point = None if row.latitude is None else {"type": "Point", "coordinates": (row.longitude, row.latitude)}
    where = {"latitude": row.latitude, "longitude": row.longitude} if flat else {"geometry": point}
    return {
        "sampleId": row.sample_id, "batch": row.batch, "method": row.method, "kind": row.kind, "place": row.place,
        "begin": row.begin, "end": row.end, **where, "placeIsPublic": row.place_is_public,
        "unit": METHODS[row.method].unit, "raw": row.raw, "belowLimit": row.below_limit, "value": row.value,
        "lower": row.lower, "upper": row.upper, "limited": row.limited, "referenceStation": row.reference_station,
        "adjustment": row.adjustment,
    }  # fmt: skip
