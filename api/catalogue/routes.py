"""The catalogue and the well-known addresses: Turtle, JSON-LD, security.txt (RFC 9116), api-catalog (RFC 9727)."""

from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from psycopg import Connection

from api.catalogue.entries import SERVICES
from api.database import Database, Now
from api.headers import CACHE_SHORT
from api.negotiation import choose
from storage.lake import Lake
from storage.stations import extent

TURTLE, JSON_LD, LINKSET = "text/turtle", "application/ld+json", "application/linkset+json"
EXPIRES = timedelta(days=180)  # the standard asks for less than a year
READ = ["GET", "HEAD"]

router = APIRouter(include_in_schema=False)


@router.api_route("/catalog", methods=READ)
def get_catalogue(request: Request, conn: Database, f: Annotated[str | None, Query()] = None) -> Response:
    """Give the catalogue as Turtle or JSON-LD, by `Accept` or `f`."""
    media_type = choose((TURTLE, JSON_LD), f=f, accept=request.headers.get("accept"))
    return _answer(_catalogue(request, conn, media_type), f"{media_type}; charset=utf-8")


@router.api_route("/catalog/data-sheet", methods=READ)
def get_data_sheet() -> Response:
    """Give what a data officer asks for: lineage, quality, lead times, privacy, licence."""
    return _answer(_data_sheet(), "text/markdown; charset=utf-8")


@router.api_route("/catalog/{kind}/{name}", methods=READ)
def lead_to_catalogue(kind: str, name: str) -> Response:
    """Lead who follows the address of an entry to the catalogue, where it is described."""
    return RedirectResponse("/catalog", status_code=303)


@router.api_route("/.well-known/security.txt", methods=READ)
def get_security(request: Request, now: Now) -> Response:
    """Say where leaks are reported."""
    settings = request.app.state.settings
    lines = [
        f"Contact: {settings.security_contact or settings.contact_url}",
        f"Expires: {(now + EXPIRES).replace(hour=0, minute=0, second=0, microsecond=0):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
    ]
    if settings.base_url:
        lines.append(f"Canonical: {settings.base_url}/.well-known/security.txt")
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": CACHE_SHORT})


@router.api_route("/.well-known/api-catalog", methods=READ)
def get_api_catalog(request: Request) -> Response:
    """List the interfaces and where they are described."""
    base = base_of(request)
    found: list[dict[str, Any]] = [
        {
            "anchor": base + service.path,
            "service-desc": [{"href": base + service.described_by, "type": "application/json"}],
            "service-meta": [{"href": f"{base}/catalog", "type": TURTLE}],
            "status": [{"href": f"{base}/v1/health", "type": "application/json"}],
        }
        for service in SERVICES
    ]
    return _answer(
        msgspec.json.encode({"linkset": found}), f'{LINKSET}; profile="https://www.rfc-editor.org/info/rfc9727"'
    )


def base_of(request: Request) -> str:
    """Give our own address, without a slash at the end: the configured one, else that of the request."""
    configured: str | None = request.app.state.settings.base_url
    return (configured or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")


def _catalogue(request: Request, conn: Connection[Any], media_type: str) -> str:
    # rdflib takes half a second to import, which only who asks for the catalogue waits for
    from api.catalogue.graph import Catalogue, Extent, serialize

    found, settings = extent(conn), request.app.state.settings
    nightly = _has_files(settings.lake_url)
    there_is = Extent(found.box, found.since, nightly) if found else Extent(None, None, nightly)
    return serialize(Catalogue(base_of(request), settings, there_is).build(), media_type)


def _has_files(lake_url: str | None) -> bool:
    """Tell whether the files of a night are there; not where their store is away."""
    try:
        return lake_url is not None and Lake.at(lake_url).package() is not None
    except OSError:
        return False


@cache
def _data_sheet() -> str:
    return files("api.catalogue").joinpath("data-sheet.md").read_text(encoding="utf-8")


def _answer(body: str | bytes, content_type: str) -> Response:
    headers = {
        "Content-Type": content_type,
        "Cache-Control": CACHE_SHORT,
        "Vary": "Accept",
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, headers=headers)
