"""Streets and addresses from a PDOK Locatieserver that the operator configured; the reader's browser never asks it."""

import re
from typing import Any, NamedTuple

import httpx
import msgspec

TIMEOUT = 2.0  # [s]; who looks for a street does not wait longer
_POINT = re.compile(r"POINT\((-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)\)")


class Street(NamedTuple):
    """A place that a geocoder knows [degrees, WGS 84]."""

    name: str
    kind: str
    latitude: float
    longitude: float


def find(url: str, text: str, *, limit: int = 6) -> list[Street]:
    """Look for places by name; none where the geocoder is away or says something else.

    `url` is the service with its version, as https://api.pdok.nl/bzk/locatieserver/search/v3_1. Nothing about the
    reader goes along: neither address nor browser.
    """
    query: dict[str, str | int] = {
        "q": text,
        "rows": limit,
        "fl": "weergavenaam type centroide_ll",
        "fq": "type:(gemeente OR woonplaats OR wijk OR buurt OR weg OR postcode OR adres)",
    }
    try:
        answer = httpx.get(f"{url.rstrip('/')}/free", params=query, timeout=TIMEOUT)
        answer.raise_for_status()
        docs = msgspec.json.decode(answer.content)["response"]["docs"]
    except (httpx.HTTPError, msgspec.DecodeError, KeyError, TypeError):
        return []
    return [street for doc in docs for street in [_street(doc)] if street]


def _street(doc: Any) -> Street | None:
    point = _POINT.fullmatch(str(doc.get("centroide_ll", ""))) if isinstance(doc, dict) else None
    if point is None:
        return None
    return Street(str(doc.get("weergavenaam", "")), str(doc.get("type", "")), float(point[2]), float(point[1]))
