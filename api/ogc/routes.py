"""The paths of OGC API Features: parse, ask storage, answer with the links that clients follow."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

import fastapi
import msgspec
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from psycopg import Connection

from api.cursors import decode_cursor, encode_cursor
from api.database import Database, Now
from api.errors import NotFoundError
from api.negotiation import GEOJSON, JSON
from api.ogc import crs, models
from api.ogc.collections import KINDS, Item, Wanted
from api.ogc.crs import CRS84, SYSTEMS
from api.ogc.parameters import FormatQuery, ItemQuery, ItemsQuery
from api.parameters import PRINTABLE
from storage.stations import extent

CONFORMANCE = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
]
TITLE = "luchtbrug: stations and areas"

router = APIRouter(tags=["features"])

Name = Annotated[Literal["stations", "reference-stations", "areas"], Path(alias="collectionId", examples=["stations"])]
FeatureId = Annotated[str, Path(alias="featureId", pattern=PRINTABLE)]
AS_GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"Content-Crs": {"description": "The system of the coordinates.", "schema": {"type": "string"}}}}
}


class GeoJsonAnswer(JSONResponse):
    """An answer in GeoJSON; FastAPI describes routes by their class of answer."""

    media_type = GEOJSON


@router.get("/", response_model=models.Landing)
def get_landing(request: Request, _query: Annotated[FormatQuery, fastapi.Query()]) -> models.Landing:
    """Say where everything is."""
    root = _root(request)
    links = [
        _link(f"{root}/", "self", JSON, "This page"),
        _link(f"{root}/openapi.json", "service-desc", JSON, "The exact description"),
        _link(f"{root}/conformance", "conformance", JSON, "Which classes of the standard are kept"),
        _link(f"{root}/collections", "data", JSON, "The collections"),
    ]
    return models.Landing(title=TITLE, description="Citizen-science air quality: where it is measured.", links=links)


@router.get("/conformance")
def get_conformance(_query: Annotated[FormatQuery, fastapi.Query()]) -> models.Conformance:
    """Say which classes of the standard are kept."""
    return models.Conformance(conforms_to=CONFORMANCE)


@router.get("/collections", response_model_exclude_none=True)
def list_collections(
    request: Request, conn: Database, _query: Annotated[FormatQuery, fastapi.Query()]
) -> models.Collections:
    """List the collections and the reference systems, of which the first is that of GeoJSON."""
    root = _root(request)
    return models.Collections(
        links=[_link(f"{root}/collections", "self", JSON)],
        crs=list(SYSTEMS),
        collections=[_collection(root, conn, name) for name in KINDS],
    )


@router.get("/collections/{collectionId}", response_model_exclude_none=True)
def get_collection(
    request: Request, conn: Database, name: Name, _query: Annotated[FormatQuery, fastapi.Query()]
) -> models.Collection:
    """Describe one collection."""
    return _collection(_root(request), conn, name)


@router.get(
    "/collections/{collectionId}/items",
    response_class=GeoJsonAnswer,
    response_model=models.OgcFeatures,
    responses=AS_GEOJSON,
)
def list_items(
    request: Request, conn: Database, name: Name, query: Annotated[ItemsQuery, fastapi.Query()], now: Now
) -> Response:
    """List features, by id."""
    after = decode_cursor(query.after) if query.after else None
    until, gone = (query.datetime.end, query.datetime.begin) if query.datetime else (None, None)
    wanted = Wanted(query.degrees(), until, after, query.limit + 1, query.system)
    later = gone is not None and gone > now and KINDS[name].timed
    found = [] if later else KINDS[name].list(conn, wanted)
    body = {
        "type": "FeatureCollection",
        "features": found[: query.limit],
        "numberReturned": min(len(found), query.limit),
        "links": _page_links(request, name, found, query.limit),
    }
    return _geojson(body, query.crs)


@router.get(
    "/collections/{collectionId}/items/{featureId}",
    response_class=GeoJsonAnswer,
    response_model=models.OgcFeature,
    responses=AS_GEOJSON,
)
def get_item(
    request: Request, conn: Database, name: Name, key: FeatureId, query: Annotated[ItemQuery, fastapi.Query()]
) -> Response:
    """Get one feature."""
    found = KINDS[name].find(conn, key, query.system)
    items = f"{_root(request)}/collections/{name}"
    if found is None:
        raise NotFoundError("feature", key, f"{items}/items")
    links = [_link(f"{items}/items/{quote(key, safe='')}", "self", GEOJSON), _link(items, "collection", JSON)]
    return _geojson({**found, "links": [link.model_dump(exclude_none=True) for link in links]}, query.crs)


def _page_links(request: Request, name: str, found: list[Item], limit: int) -> list[dict[str, Any]]:
    root = _root(request)
    items = f"{root}/collections/{name}/items"
    query = f"?{request.url.query}" if request.url.query else ""
    links = [_link(items + query, "self", GEOJSON), _link(f"{root}/collections/{name}", "collection", JSON)]
    if len(found) > limit:
        following = request.url.include_query_params(after=encode_cursor(found[limit - 1]["id"]))
        links.append(_link(f"{items}?{following.query}", "next", GEOJSON))
    return [link.model_dump(exclude_none=True) for link in links]


def _collection(root: str, conn: Connection[Any], name: str) -> models.Collection:
    kind, address = KINDS[name], f"{root}/collections/{name}"
    links = [_link(address, "self", JSON), _link(f"{address}/items", "items", GEOJSON, kind.title)]
    return models.Collection(
        id=name,
        title=kind.title,
        description=kind.description,
        extent=_extent(conn) if name == "stations" else None,
        crs=list(SYSTEMS),
        storage_crs=CRS84,
        links=links,
    )


def _extent(conn: Connection[Any]) -> models.Extent | None:
    found = extent(conn)
    if found is None:
        return None
    interval: list[list[datetime | None]] = [[found.since, None]]
    return models.Extent(
        spatial=models.Spatial(bbox=[list(found.box)], crs=CRS84), temporal=models.Temporal(interval=interval)
    )


def _root(request: Request) -> str:
    """Give our own address: below the configured base, else that of the request, for clients want absolute links."""
    base = request.app.state.settings.base_url or f"{request.url.scheme}://{request.url.netloc}"
    return f"{base}/features"


def _link(href: str, rel: str, media_type: str, title: str | None = None) -> models.WebLink:
    return models.WebLink(href=href, rel=rel, type=media_type, title=title)


def _geojson(body: dict[str, Any], address: str) -> Response:
    return Response(
        msgspec.json.encode(crs.member(address) | body), media_type=GEOJSON, headers={"Content-Crs": f"<{address}>"}
    )
