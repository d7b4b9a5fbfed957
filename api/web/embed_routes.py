"""Pages that other sites show in a frame: a station, an area, a map. No cookies, no scripts, no trace of the reader."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from psycopg import Connection

from api.catalogue.routes import base_of
from api.database import Now
from api.web import overview
from api.web.area_page import Choice, gather_part
from api.web.levels import LEVELS
from api.web.markers import Markers
from api.web.page import render, words_of
from api.web.place_drawing import places
from api.web.routing import READ, connection, kept_up
from api.web.station_page import Asked, gather_station
from api.web.view import View
from storage import area_measures, areas

SHOWN = 500  # stations in one frame
FRAMED = ("X-Frame-Options", "Cross-Origin-Opener-Policy")
"""Headers that keep a page out of frames."""

DAYS = 7
PROPERTIES = tuple(LEVELS)

router = APIRouter(prefix="/embed", include_in_schema=False, default_response_class=HTMLResponse)

PropertyQuery = Annotated[str, Query(alias="property")]


def framed(page: Callable[..., HTMLResponse]) -> Callable[..., Response]:
    """Let any site frame a page, and what stands in its place while the database is away."""
    guarded = kept_up(page, template="embed_error.html")

    @wraps(page)
    def let(request: Request, **parameters: object) -> Response:
        answer = guarded(request=request, **parameters)
        for name in FRAMED:
            del answer.headers[name]
        policy = answer.headers["Content-Security-Policy"]
        answer.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors *")
        return answer

    return let


@router.api_route("/station/{station_id}", methods=READ)
@framed
def embedded_station(request: Request, station_id: str, now: Now) -> HTMLResponse:
    """Show the last value of a station and its day means."""
    with connection(request) as conn:
        view = gather_station(conn, station_id, Asked(), words_of(request), now)
    return _answer(request, "embed_station.html", None if view is None else {"view": view}, now)


@router.api_route("/area/{code}", methods=READ)
@framed
def embedded_area(request: Request, code: str, now: Now, wanted: PropertyQuery = "") -> HTMLResponse:
    """Show the last week of an area and of the neighbourhoods in it."""
    choice = Choice(_property(wanted), DAYS, "neighbourhood", "")
    with connection(request) as conn:
        found = None if "\0" in code else gather_part(conn, code, choice, now)
    shown = None if found is None else {"part": found, "observed_property": choice.observed_property, "days": DAYS}
    return _answer(request, "embed_area.html", shown, now)


@router.api_route("/map", methods=READ)
@framed
def embedded_map(request: Request, now: Now, wanted: PropertyQuery = "", area: str = "") -> HTMLResponse:
    """Show the stations of an area, or all of a small network, drawn and in a table."""
    view = View(observed_property=_property(wanted))
    with connection(request) as conn:
        outline = _outline(conn, area)
        inside = area_measures.stations(conn, area) if outline else None
    if area and outline is None:
        return _answer(request, "", None, now)
    every, _ = overview.see(overview.reader_of(request), view, now)
    found = residents(every, inside)
    rows = sorted(found.take(np.arange(min(len(found), SHOWN))).rows(), key=lambda row: row.name.casefold())
    drawn = places([(row.longitude, row.latitude) for row in rows], outline)
    shown = {"markers": rows, "count": len(found), "drawn": drawn, "observed_property": view.observed_property}
    return _answer(request, "embed_map.html", shown, now)


def residents(every: Markers, inside: Collection[str] | None) -> Markers:
    """Choose residents' stations that have a place; `inside` limits them to those ids."""
    official = np.asarray(every.table["official"].to_numpy(zero_copy_only=False), bool)
    placed = (every.column("longitude") != 0) | (every.column("latitude") != 0)
    keep = ~official & placed
    if inside is not None:
        keep &= np.asarray(pc.is_in(every.table["station_id"], pa.array(list(inside), pa.string())).to_numpy(), bool)
    return every.take(np.flatnonzero(keep))


def _outline(conn: Connection, code: str) -> str | None:
    area = areas.find_area(conn, code) if code and "\0" not in code else None
    return area.geometry if area else None


def _property(wanted: str) -> str:
    return wanted if wanted in PROPERTIES else PROPERTIES[0]


def _answer(request: Request, template: str, shown: dict[str, Any] | None, now: Now) -> HTMLResponse:
    """Answer with what is shown; what is not there says so in the same frame."""
    if shown is None:
        return render(request, "embed_error.html", status=404, error=404)
    return render(request, template, now=now, base=base_of(request), **shown)
