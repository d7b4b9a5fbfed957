"""Which media type an answer gets: `f=` first, then `Accept`; what is not offered is a 406, never a guess."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from api.errors import NotAcceptableError

JSON = "application/json"
GEOJSON = "application/geo+json"
CRS84 = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"  # longitude, latitude: what GeoJSON is in

CSV = "text/csv"
NDJSON = "application/x-ndjson"
PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.stream"
COLUMNAR = (PARQUET, ARROW)

SHORT: Mapping[str, str] = {
    "json": JSON,
    "geojson": GEOJSON,
    "csv": CSV,
    "ndjson": NDJSON,
    "parquet": PARQUET,
    "arrow": ARROW,
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
}
TEXT: Mapping[str, Any] = {"schema": {"type": "string"}}
BINARY: Mapping[str, Any] = {"schema": {"type": "string", "format": "binary"}}


def choose(offered: Sequence[str], *, f: str | None, accept: str | None) -> str:
    """Choose one of the offered media types, the first of them where the caller has no preference.

    Raises NotAcceptableError, which says what is offered.
    """
    if f is not None:
        if SHORT.get(f) not in offered:
            raise NotAcceptableError(f"f={f} is not offered here: use {_choices(offered)}, or leave f out.")
        return SHORT[f]
    ranges = _ranges(accept or "*/*")
    best = max(offered, key=lambda media_type: _preference(media_type, ranges))
    if _preference(best, ranges) <= 0:
        raise NotAcceptableError(f"Accept: {accept} is not offered here: accept {' or '.join(offered)}.")
    return best


def geojson(request: Request) -> str:
    """Choose for a path whose document is GeoJSON, which is JSON as well, and that offers columns (a dependency)."""
    return _of_request(request, (GEOJSON, JSON, *COLUMNAR))


def only_json(request: Request) -> str:
    """Refuse callers that accept no JSON (a dependency)."""
    return _of_request(request, (JSON,))


def table(request: Request) -> str:
    """Choose for a path that offers JSON, tables and columns (a dependency)."""
    return _of_request(request, (JSON, CSV, NDJSON, *COLUMNAR))


def places(request: Request) -> str:
    """Choose for a path that offers JSON, GeoJSON and tables (a dependency)."""
    return _of_request(request, (JSON, GEOJSON, CSV, NDJSON))


def lines(request: Request) -> str:
    """Choose for a path that offers JSON and tables (a dependency)."""
    return _of_request(request, (JSON, CSV, NDJSON))


def bulk(request: Request) -> str:
    """Choose for a path that gives files of many rows (a dependency)."""
    return _of_request(request, (CSV, *COLUMNAR))


Table = Annotated[str, Depends(table)]
Places = Annotated[str, Depends(places)]
Geojson = Annotated[str, Depends(geojson)]
Lines = Annotated[str, Depends(lines)]
Bulk = Annotated[str, Depends(bulk)]
ONLY_JSON = Depends(only_json)


def offers(
    geojson_model: type[BaseModel] | None = None, *, tables: bool = False, columns: bool = False
) -> dict[int | str, dict[str, Any]]:
    """Declare that a path also answers in GeoJSON, whose model `api.openapi` puts among the schemas, or as tables."""
    content: dict[str, Any] = {}
    if geojson_model is not None:
        content[GEOJSON] = {"schema": {"$ref": f"#/components/schemas/{geojson_model.__name__}"}}
    if tables:
        content |= {CSV: TEXT, NDJSON: TEXT}
    if columns:
        content |= dict.fromkeys(COLUMNAR, BINARY)
    return {200: {"content": content}}


def answer(model: BaseModel, media_type: str, link: str | None = None) -> Response:
    """Serialize a model as the chosen media type, with a `Link` header (RFC 8288) where there is one."""
    headers = {"Link": link} if link else {}
    if media_type == GEOJSON:
        headers["Content-Crs"] = CRS84
    return Response(model.model_dump_json(by_alias=True), headers=headers, media_type=media_type)


def _of_request(request: Request, offered: Sequence[str]) -> str:
    accept = ", ".join(request.headers.getlist("accept"))  # a list may come in several lines (RFC 9110 section 5.3)
    return choose(offered, f=request.query_params.get("f"), accept=accept or None)


def _choices(offered: Sequence[str]) -> str:
    return " or ".join(f"f={short}" for short, media_type in SHORT.items() if media_type in offered)


def _ranges(accept: str) -> dict[str, float]:
    """Read an Accept header as media range → quality; a malformed quality counts as 0."""
    found: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        found[name] = next((_quality(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
    return found


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _preference(media_type: str, ranges: Mapping[str, float]) -> float:
    """Give the quality of the most specific range that covers a media type; 0 where none does."""
    kind = media_type.split("/", maxsplit=1)[0]
    for name in (media_type, f"{kind}/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0
