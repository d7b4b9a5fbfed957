"""Items as a document, as lines of JSON or as CSV: the same names and values in each, flat where there are columns."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from pydantic.alias_generators import to_snake
from starlette.responses import Response

from api.negotiation import CRS84, CSV, GEOJSON, NDJSON
from api.paging import Page

ENCODER = msgspec.json.Encoder()
CONTENT_TYPES = {CSV: "text/csv; charset=utf-8; header=present"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula: a text with it gets an apostrophe before it (OWASP)."""

FORMULA_BEGIN = r"^([-=+@\t\r])"
"""The same as a pattern, for columns."""

INTERVAL = {"level": 0.95, "k": 1.96}

Item = dict[str, Any]


def page_answer(items: Sequence[Item], page: Page[Any], media_type: str, *, columns: Sequence[str]) -> Response:
    """Write a page of items in a media type; `columns` are the fields of its CSV, in order."""
    links = [{"rel": link.rel, "href": link.href} for link in page.links]
    more: Item = {"next": page.next, "links": links}
    if "lower" in columns:
        more["interval"] = INTERVAL
    return collection_answer(items, media_type, columns=columns, more=more, headers={"Link": page.header})


def collection_answer(
    items: Sequence[Item],
    media_type: str,
    *,
    columns: Sequence[str],
    more: Item | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Write items in a media type; `more` stands beside them where there is a document around them."""
    if media_type == NDJSON:
        return written(ENCODER.encode_lines(items), media_type, headers)
    if media_type == CSV:
        return written(as_csv(items, columns), media_type, headers)
    if media_type == GEOJSON:
        body: Item = {"type": "FeatureCollection", "features": [feature(item) for item in items]}
    else:
        body = {"items": items}
    return written(ENCODER.encode(body | (more or {})), media_type, headers)


def written(body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """Make an answer of bytes, with the reference system that GeoJSON is in."""
    found = {**(headers or {}), "Content-Type": content_type(media_type)}
    if media_type == GEOJSON:
        found["Content-Crs"] = CRS84
    return Response(body, headers=found)


def content_type(media_type: str) -> str:
    """Complete a media type with the parameters that its standard has."""
    return CONTENT_TYPES.get(media_type, media_type)


def feature(item: Item) -> Item:
    """Turn an item with a `geometry` into a GeoJSON feature; its first field is its id."""
    properties = {name: value for name, value in item.items() if name != "geometry"}
    found = {"type": "Feature", "id": next(iter(properties.values()))}
    if "bbox" in item:
        found["bbox"] = item["bbox"]
    return {**found, "geometry": item["geometry"], "properties": properties}


def as_csv(items: Iterable[Item], columns: Sequence[str]) -> bytes:
    """Write RFC 4180 CSV with a header in snake_case; nothing for null, several names with a space between."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(to_snake(name) for name in columns)
    for item in items:
        row = dict(_flat(item))
        lines.writerow(row[name] for name in columns)
    return text.getvalue().encode()


def _flat(item: Item) -> Iterator[tuple[str, Any]]:
    for name, value in item.items():
        match value:
            case {"type": "Point", "coordinates": (longitude, latitude)}:
                yield "latitude", latitude
                yield "longitude", longitude
            case list() | tuple():
                yield name, " ".join(map(str, value))
            case datetime():
                yield name, value.isoformat().replace("+00:00", "Z")
            case bool():
                yield name, str(value).lower()
            case str() if value[:1] in FORMULA:
                yield name, f"'{value}"
            case _:
                yield name, value
