"""The pages: parse, fetch through storage, render. The templates say how it looks, markers and chart what is shown."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

from api.catalogue.routes import base_of
from api.database import Now
from api.problems import from_http
from api.web import accessibility, area_routes, campaign_routes, embed_routes, map_routes
from api.web.calibration_page import gather_calibration
from api.web.page import STATIC, render, words_of
from api.web.routing import READ, connection, kept_up
from api.web.static_files import PageFiles, kept
from api.web.station_page import Asked, gather_station
from api.web.theme import LOGOS, load_theme
from api.web.transparency import routes as transparency_routes

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
static_app = PageFiles(directory=STATIC)


@router.api_route("/theme.css", methods=READ)
def theme_stylesheet(request: Request) -> Response:
    """Give the fonts and colours of the theme; their hash is in the address that pages use."""
    theme = load_theme(request.app.state.settings.theme)
    return Response(theme.stylesheet, media_type="text/css", headers={"Cache-Control": kept(request.scope)})


@router.api_route("/theme/logo", methods=READ)
def theme_logo(request: Request) -> Response:
    """Give the theme's own logo; a script in it never runs, for it is an image."""
    logo = load_theme(request.app.state.settings.theme).logo
    if logo is None:
        return render(request, "error.html", status=404, error=404)
    headers = {
        "Cache-Control": kept(request.scope),
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return FileResponse(logo, media_type=LOGOS[logo.suffix], headers=headers)


@router.api_route("/stations/{station_id}", methods=READ)
@kept_up
def station_page(request: Request, station_id: str, now: Now) -> HTMLResponse:
    """Show one station: its last value, its hours, and the story behind them; an unknown series is the first."""
    query = request.query_params
    asked = Asked(*(query.get(name, "") for name in ("series", "period", "until", "explain")))
    with connection(request) as conn:
        view = gather_station(conn, station_id, asked, words_of(request), now)
    if view is None:
        return render(request, "error.html", status=404, error=404)
    return render(request, "station.html", view=view, base=base_of(request), now=now)


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


def tell(request: Request, error: Exception) -> Response:
    """Say to who reads pages, in words, that there is nothing at a path; to programs as everywhere."""
    wants_page = "text/html" in request.headers.get("accept", "")
    if not (wants_page and isinstance(error, HTTPException) and error.status_code == 404):
        return from_http(request, error)
    answer = render(request, "error.html", status=404, error=404)
    answer.headers.add_vary_header("Accept")
    return answer


router.include_router(map_routes.router)
router.include_router(transparency_routes.router)
router.include_router(area_routes.router)
router.include_router(campaign_routes.router)
router.include_router(embed_routes.router)
router.include_router(accessibility.router)
