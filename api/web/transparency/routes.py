"""What we measure and why, as a page and for machines: the source, the algorithm's score, and the sensor register."""

from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.catalogue.routes import base_of
from api.index import unit_of
from api.settings import ApiSettings
from api.web.page import packed, render
from api.web.routing import READ, connection, kept_up
from api.web.security import page_headers
from api.web.transparency import register
from api.web.transparency.source import read
from storage.register import registered
from storage.scores import Score, list_scores

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.api_route("/transparency", methods=READ)
@kept_up
def transparency_page(request: Request) -> HTMLResponse:
    """Say what is collected, from whom, why, how long, and how well the algorithm does."""
    with connection(request) as conn:
        scores = said(list_scores(conn))
        sensors = len(registered(conn))
    kept = _settings(request)
    return render(
        request, "transparency.html", source=read(kept.retention_days), scores=scores, sensors=sensors, kept=kept
    )


@router.api_route("/transparency.json", methods=READ)
@kept_up
def transparency_file(request: Request) -> Response:
    """Give the source of the page as JSON, with the scores of the algorithm."""
    with connection(request) as conn:
        scores = said(list_scores(conn))
    settings = _settings(request)
    source = read(settings.retention_days).model_dump(by_alias=True, exclude_none=True)
    source["algorithm"]["scores"] = scores
    source["responsible"] = {"name": settings.publisher_name, "email": settings.contact_email}
    source["sensor_register"] = [f"{base_of(request)}/transparency/sensors.{kind}" for kind in ("csv", "json")]
    return _file(request, msgspec.json.encode(source), "application/json")


@router.api_route("/transparency/sensors.csv", methods=READ)
@kept_up
def sensors_csv(request: Request) -> Response:
    """Give the sensor register as CSV."""
    return _file(request, register.as_csv(_entries(request)).encode(), "text/csv; header=present; charset=utf-8")


@router.api_route("/transparency/sensors.json", methods=READ)
@kept_up
def sensors_json(request: Request) -> Response:
    """Give the sensor register as JSON."""
    return _file(request, msgspec.json.encode(_entries(request)), "application/json")


def said(scores: Sequence[Score]) -> list[dict[str, Any]]:
    """Write the scores of validated values, one line a property, model and distance; others stand in /v1/scores."""
    kept = ("observed_property", "sensor_model", "band_begin_km", "band_end_km", "hours", "rmse", "bias", "coverage")
    return [
        {
            "day": str(score.day),
            "unit": unit_of(score.observed_property),
            **{name: getattr(score, name) for name in kept},
        }
        for score in scores
        if score.product == "estimate"
    ]


def _entries(request: Request) -> list[dict[str, str]]:
    with connection(request) as conn:
        return list(register.entries(registered(conn), _settings(request), base_of(request)))


def _settings(request: Request) -> ApiSettings:
    settings: ApiSettings = request.app.state.settings
    return settings


def _file(request: Request, body: bytes, kind: str) -> Response:
    return packed(request, Response(body, headers=page_headers(None) | {"Content-Type": kind}))
