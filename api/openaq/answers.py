"""Envelopes around what storage wrote, and the few things that stand in no table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from fastapi import Request, Response

from api.openaq.parameters import COUNTRY_CODE, COUNTRY_ID, OURS, PageQuery
from storage.openaq import Extent

JSON = "application/json"
NAME = "luchtbrug"
OWNER = {"id": OURS, "name": "Citizens"}
PROVIDER = {"id": OURS, "name": NAME}
MANUFACTURER = {"id": OURS, "name": "unknown"}
COUNTRY = {"id": COUNTRY_ID, "code": COUNTRY_CODE, "name": "Netherlands"}
LICENSE = {
    "id": OURS,
    "name": "CC0 1.0",
    "commercialUseAllowed": True,
    "attributionRequired": False,
    "shareAlikeRequired": False,
    "modificationAllowed": True,
    "redistributionAllowed": True,
    "sourceUrl": "https://creativecommons.org/publicdomain/zero/1.0/",
}
LOCATION_LICENSES = [
    {"id": OURS, "name": LICENSE["name"], "attribution": PROVIDER, "dateFrom": None, "dateTo": None}
]  # as OpenAQ lists them with a location


def as_text(document: object) -> str:
    """Write a document as JSON text."""
    return msgspec.json.encode(document).decode()


def listed(request: Request, documents: Sequence[str], query: PageQuery, *, more: bool = False) -> Response:
    """Put one page of documents into the envelope; `found` says how many are known, and whether there are more."""
    known = (query.page - 1) * query.limit + len(documents)
    settings = request.app.state.settings
    meta = {
        "name": NAME,
        "website": settings.base_url or "/",
        "page": query.page,
        "limit": query.limit,
        "found": f">{known}" if more else known,
    }
    return Response(f'{{"meta":{as_text(meta)},"results":[{",".join(documents)}]}}', media_type=JSON)


def constants(request: Request, documents: Sequence[dict[str, Any]], query: PageQuery) -> Response:
    """Answer with things that stand in no table."""
    begin = query.slice.offset
    found = [as_text(document) for document in documents[begin : begin + query.limit]]
    return listed(request, found, query)


def country(extent: Extent) -> dict[str, Any]:
    """Describe the country that all stations are in."""
    return {**COUNTRY, **_seen(extent)}


def provider(extent: Extent) -> dict[str, Any]:
    """Describe the platform."""
    bounds = msgspec.json.decode(extent.bounds) if extent.bounds else None
    return {
        **PROVIDER,
        "sourceName": NAME,
        "exportPrefix": NAME,
        "datetimeAdded": _utc(extent.first),
        "entitiesId": OURS,
        "bbox": {"type": "Polygon", "coordinates": [_ring(*bounds)]} if bounds else None,
        **_seen(extent),
    }


def manufacturer(instruments: Sequence[str]) -> dict[str, Any]:
    """Describe the one manufacturer with all sensor models."""
    return {**MANUFACTURER, "instruments": [_named(msgspec.json.decode(text)) for text in instruments]}


def _named(document: dict[str, Any]) -> dict[str, Any]:
    return {"id": document["id"], "name": document["name"]}


def _seen(extent: Extent) -> dict[str, Any]:
    return {
        "datetimeFirst": _utc(extent.first),
        "datetimeLast": _utc(extent.last),
        "parameters": msgspec.Raw(extent.parameters.encode()),
    }


def _utc(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _ring(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]
