"""The pages: parse, fetch through storage, render. The templates say how it looks, markers and chart what is shown."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from api.catalogue.routes import base_of
from api.catalogue.schema_org import described
from api.database import Now
from api.web import area_routes, embed_routes, markers
from api.web.calibration_page import gather_calibration
from api.web.page import STATIC, render, words_of
from api.web.routing import READ, connection, kept_up
from api.web.static_files import FOREVER, PageFiles
from api.web.station_page import gather_station
from api.web.theme import LOGOS, load_theme
from storage import references
from storage.pages import latest

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
static_app = PageFiles(directory=STATIC)


@router.api_route("/theme.css", methods=READ)
def theme_stylesheet(request: Request) -> Response:
    """Give the fonts and colours of the theme; their hash is in the address that pages use."""
    theme = load_theme(request.app.state.settings.theme)
    return Response(theme.stylesheet, media_type="text/css", headers={"Cache-Control": FOREVER})


@router.api_route("/theme/logo", methods=READ)
def theme_logo(request: Request) -> Response:
    """Give the theme's own logo; a script in it never runs, for it is an image."""
    logo = load_theme(request.app.state.settings.theme).logo
    if logo is None:
        return render(request, "error.html", status=404, error=404)
    headers = {"Cache-Control": FOREVER, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return FileResponse(logo, media_type=LOGOS[logo.suffix], headers=headers)


@router.api_route("/", methods=READ)
@kept_up
def map_page(
    request: Request, now: Now, wanted: Annotated[str, Query(alias="property")] = "", show: str = ""
) -> HTMLResponse:
    """Show all stations, on the map and in a table; what is not offered in the query is the default."""
    observed_property = wanted if wanted in markers.PROPERTIES else markers.PROPERTIES[0]
    shown = markers.Shown.RAW if show == markers.Shown.RAW else markers.Shown.VALIDATED
    with connection(request) as conn:
        rows = markers.station_markers(latest(conn, observed_property=observed_property), shown, now)
        hours = references.hours(conn, observed_property, now - timedelta(days=2), now)
        rows += markers.reference_markers(references.list_stations(conn), hours, observed_property, now)
    return render(
        request,
        "map.html",
        datasets=described(request.app.state.settings, base_of(request)),
        observed_property=observed_property,
        shown=shown,
        markers=sorted(rows, key=lambda marker: (marker.kind is markers.Kind.REFERENCE, marker.name.casefold())),
        properties=markers.PROPERTIES,
        legend=markers.legend(observed_property),
        old_hours=markers.OLD_STATION // timedelta(hours=1),
        now=now,
    )


@router.api_route("/stations/{station_id}", methods=READ)
@kept_up
def station_page(request: Request, station_id: str, now: Now, series: str = "") -> HTMLResponse:
    """Show one station: its last value, its week, and what else it measures; an unknown series is the first."""
    series_id = int(series) if series.isdecimal() else None
    with connection(request) as conn:
        view = gather_station(conn, station_id, series_id, words_of(request), now)
    if view is None:
        return render(request, "error.html", status=404, error=404)
    return render(request, "station.html", view=view, now=now)


@router.api_route("/calibrations/{calibration_id}", methods=READ)
@kept_up
def calibration_page(request: Request, calibration_id: str) -> HTMLResponse:
    """Explain one calibration in plain words."""
    with connection(request) as conn:
        view = gather_calibration(conn, calibration_id)
    if view is None:
        return render(request, "error.html", status=404, error=404)
    return render(request, "calibration.html", view=view)


@router.api_route("/about", methods=READ)
def about_page(request: Request) -> HTMLResponse:
    """Say what this is, what it is not, and what happens with personal data."""
    return render(request, f"about.{words_of(request).language}.html")


router.include_router(area_routes.router)
router.include_router(embed_routes.router)
