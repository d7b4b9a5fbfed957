"""The pages of campaigns that everybody sees: the list, one campaign, and its end report to print."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.catalogue.routes import base_of
from api.database import Now
from api.web.campaign_page import gather_campaign
from api.web.page import render
from api.web.routing import READ, connection, kept_up
from storage import campaigns

LISTED = 500

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.api_route("/campaigns", methods=READ)
@kept_up
def campaigns_page(request: Request, now: Now) -> HTMLResponse:
    """List the campaigns, those that go on first."""
    with connection(request) as conn:
        found = campaigns.select(conn, limit=LISTED)
    ordered = sorted(found, key=lambda one: (one.end <= now, -one.begin.timestamp()))
    return render(request, "campaigns.html", campaigns=ordered, now=now)


@router.api_route("/campaigns/{code}", methods=READ)
@kept_up
def campaign_page(request: Request, code: str, now: Now) -> HTMLResponse:
    """Show a campaign: its stations, and its passive samples beside them."""
    return _answer(request, "campaign.html", code, now)


@router.api_route("/campaigns/{code}/report", methods=READ)
@kept_up
def report_page(request: Request, code: str, now: Now) -> HTMLResponse:
    """Show what it found on one to two pages to print."""
    return _answer(request, "campaign_report.html", code, now)


def _answer(request: Request, template: str, code: str, now: Now) -> HTMLResponse:
    with connection(request) as conn:
        view = gather_campaign(conn, code, now, tiles_url=request.app.state.settings.tiles_url)
    if view is None:
        return render(request, "error.html", status=404, error=404)
    return render(request, template, view=view, now=now, base=base_of(request))
