"""The pages of areas: a list to choose from, one area, and its report on one sheet of paper."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.catalogue.routes import base_of
from api.database import Now
from api.errors import TookTooLongError
from api.web.area_page import KINDS, PERIODS, Choice, gather_area
from api.web.area_years import kept_years
from api.web.levels import LEVELS, SHADES
from api.web.page import render, words_of
from api.web.routing import READ, connection, kept_up
from storage import areas

LISTED = 500
PROPERTIES = tuple(LEVELS)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

PropertyQuery = Annotated[str, Query(alias="property")]


@router.api_route("/areas", methods=READ)
@kept_up
def areas_page(request: Request, q: str = "") -> HTMLResponse:
    """List the areas whose name or code holds what was asked for; without a question the municipalities."""
    wanted = q.strip().casefold()
    with connection(request) as conn:
        found = areas.select_areas(conn, kind=None if wanted else "municipality", limit=20_000, with_geometry=False)
        if not found and not wanted:  # only neighbourhoods, or parks, were loaded
            found = areas.select_areas(conn, limit=LISTED, with_geometry=False)
    fitting = [one for one in found if wanted in one.name.casefold() or wanted in one.code.casefold()]
    return render(request, "areas.html", areas=fitting[:LISTED], count=len(fitting), wanted=q.strip())


@router.api_route("/areas/{code}", methods=READ)
@kept_up
def area_page(
    request: Request, code: str, now: Now, wanted: PropertyQuery = "", days: str = "", level: str = "", figure: str = ""
) -> HTMLResponse:
    """Show what was measured in an area; what is not offered in the query is the default."""
    return _answer(request, "area.html", code, now, _choice(wanted, days, level, figure))


@router.api_route("/areas/{code}/report", methods=READ)
@kept_up
def report_page(
    request: Request, code: str, now: Now, wanted: PropertyQuery = "", days: str = "", level: str = ""
) -> HTMLResponse:
    """Show the same on one page to print."""
    return _answer(request, "report.html", code, now, _choice(wanted, days, level, ""))


def _choice(wanted: str, days: str, level: str, figure: str) -> Choice:
    return Choice(
        observed_property=wanted if wanted in PROPERTIES else PROPERTIES[0],
        days=next((period for period in PERIODS if str(period) == days), 30),
        kind=level if level in KINDS else KINDS[0],
        figure=figure if "\0" not in figure else "",
    )


def _answer(request: Request, template: str, code: str, now: Now, choice: Choice) -> HTMLResponse:
    years = kept_years(request.app.state)
    try:
        with connection(request) as conn:
            view = None if "\0" in code else gather_area(conn, code, choice, words_of(request), now, years)
    except TookTooLongError:  # more hours than the database counts in the time that the public has
        return render(request, "area_large.html", status=503)
    if view is None:
        return render(request, "error.html", status=404, error=404)
    return render(
        request,
        template,
        view=view,
        now=now,
        base=base_of(request),
        properties=PROPERTIES,
        kinds=KINDS,
        edges=SHADES[choice.observed_property],
    )
