"""The map: its page with the table, the columns that it draws, one station's card, the table as CSV, and the search."""

from datetime import datetime
from io import BytesIO

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pyarrow import csv

from api.catalogue.routes import base_of
from api.catalogue.schema_org import described
from api.database import Now
from api.tables import FORMULA_BEGIN
from api.web import geocoder, overview
from api.web.indices import Index, legend
from api.web.markers import LOOKS, OLD, Markers
from api.web.page import packed, render, words_of
from api.web.recent import Fetched
from api.web.routing import READ, connection, kept_up
from api.web.security import page_headers
from api.web.view import PROPERTIES, Averaging, Shown, View, parse_view
from storage.overview import find_places

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

DEGREE = 10_000
"""Positions on the map are whole ten thousandths of a degree (11 m at most): public ones are 50 m or more off."""

CHOICES = {
    "property": ("property", PROPERTIES),
    "averaging": ("averaging", tuple(Averaging)),
    "index": ("index", tuple(Index)),
    "show": ("shown", tuple(Shown)),
}
"""Query → group of messages, and what is offered."""


@router.api_route("/", methods=READ)
@kept_up
def map_page(request: Request, now: Now) -> HTMLResponse:
    """Show all stations, on the map and in a table; what is not offered in the query is the default."""
    view = parse_view(request.query_params)
    seen = overview.gather(overview.reader_of(request), view, words_of(request), now)
    answer = render(
        request,
        "map.html",
        base=base_of(request),
        datasets=described(request.app.state.settings, base_of(request)),
        view=view,
        seen=seen,
        bounds=_bounds(seen.found),
        saved=_saved(view),
        choices=CHOICES,
        legend=legend(view.index, view.observed_property),
        old_hours=round(OLD[view.averaging].total_seconds() / 3600),
        now=now,
    )
    answer.headers.update(_age(seen.period, now))
    return answer


def _age(period: Fetched, now: datetime) -> dict[str, str]:
    """Say how old it is where the database is away and this is the last that it said (RFC 9111 section 5.1)."""
    return {"Age": str(int((now - period.time).total_seconds()))} if period.kept else {}


def _bounds(found: Markers) -> str:
    """Write the box around the residents' stations of a view as the map takes it; official ones may lie far away."""
    longitude, latitude = found.column("longitude"), found.column("latitude")
    resident = np.asarray(found.table["official"].to_numpy()) < 1
    kept = ((longitude != 0) | (latitude != 0)) & (resident | ~resident.any())
    if not kept.any():
        return ""
    edges = (longitude[kept].min(), latitude[kept].min(), longitude[kept].max(), latitude[kept].max())
    return ",".join(f"{edge:.4f}" for edge in edges)


def _saved(view: View) -> dict[str, str]:
    """Write what a saved table keeps of a view as a query."""
    corners = ",".join(f"{edge:.5f}" for edge in view.box.corners) if view.box else ""
    return {**view.asked, "q": view.text, "sort": view.sort, "bbox": corners}


@router.api_route("/map/stations", methods=READ)
@kept_up
def map_stations(request: Request, now: Now) -> Response:
    """Give what the map draws of a view, as columns: a third of the bytes of GeoJSON."""
    view = parse_view(request.query_params)
    seen = overview.gather(overview.reader_of(request), view, words_of(request), now)
    headers = page_headers(None) | {"Content-Type": "application/json"} | _age(seen.period, now)
    return packed(request, Response(msgspec.json.encode(columns(seen.found)), headers=headers))


def columns(found: Markers) -> dict[str, object]:
    """Write markers as columns; class, look and kind are a digit each. Who has no place is in the table alone."""
    longitude, latitude = found.column("longitude"), found.column("latitude")
    placed = np.flatnonzero((longitude != 0) | (latitude != 0))
    found = found.take(placed)
    number = np.round(np.maximum(found.shown, 0))
    return {
        "id": found.table["station_id"].to_pylist(),
        "longitude": np.round(longitude[placed] * DEGREE).astype(int).tolist(),
        "latitude": np.round(latitude[placed] * DEGREE).astype(int).tolist(),
        "number": [None if one != one else int(one) for one in number.tolist()],
        "band": _digits(found.band),
        "look": _digits(found.look),
        "official": _digits(np.asarray(found.table["official"].to_numpy(), np.int8)),
        "degree": DEGREE,
        "looks": [str(look) for look in LOOKS],
    }


def _digits(numbers: "np.ndarray[tuple[int], np.dtype[np.int8]]") -> str:
    return (numbers.astype(np.uint8) + ord("0")).tobytes().decode()


@router.api_route("/map/cards/{station_id}", methods=READ)
@kept_up
def map_card(request: Request, station_id: str, now: Now) -> HTMLResponse:
    """Give the card of one station as a piece of HTML."""
    view = parse_view(request.query_params)
    every, period = overview.see(overview.reader_of(request), view, now)
    marker = overview.one_of(every, station_id)
    if marker is None:
        return render(request, "error.html", status=404, error=404)
    return render(request, "card.html", view=view, marker=marker, period=period, now=now)


@router.api_route("/map.csv", methods=READ)
@kept_up
def map_table(request: Request, now: Now) -> Response:
    """Give the table of a view as CSV, all its rows: µg/m³, UTC, with what was chosen in each row."""
    view = parse_view(request.query_params)
    seen = overview.gather(overview.reader_of(request), view, words_of(request), now)
    headers = (
        page_headers(None)
        | _age(seen.period, now)
        | {
            "Content-Type": "text/csv; header=present; charset=utf-8",
            "Content-Disposition": f'attachment; filename="stations-{view.observed_property}-{view.averaging}.csv"',
        }
    )
    return packed(request, Response(_csv(seen.found, view), headers=headers))


def _csv(found: Markers, view: View) -> bytes:
    table = found.table
    kind = pa.array(["station", "reference"]).take(table["official"].combine_chunks().cast(pa.int8()))
    kept = ("station_id", "name", "latitude", "longitude", "municipality", "raw", "value", "lower", "upper", "hours")
    named = {"kind": kind, **{name: table[name] for name in kept}}
    named |= {name: pc.replace_substring_regex(table[name], FORMULA_BEGIN, r"'\1") for name in ("name", "municipality")}
    named["time"] = pa.array(np.datetime_as_string(table["time"].to_numpy().astype("datetime64[s]"), timezone="UTC"))
    named |= {"flags": table["flags"], "index_class": pa.array(found.band)}
    named |= {name: pa.repeat(text, len(table)) for name, text in view.asked.items()}
    named["unit"] = pa.repeat("ug/m3", len(table))
    out = BytesIO()
    csv.write_csv(pa.table(named), out, csv.WriteOptions(quoting_style="needed"))
    return out.getvalue()


@router.api_route("/search", methods=READ)
@kept_up
def search_page(request: Request) -> HTMLResponse:
    """Find stations, areas and, where a geocoder is configured, streets; each leads to its place on the map."""
    view = parse_view(request.query_params)
    with connection(request) as conn:
        places = find_places(conn, view.text)
    url = request.app.state.settings.geocoder_url
    streets = geocoder.find(url, view.text) if url and view.text else []
    return render(request, "search.html", view=view, places=places, streets=streets)
