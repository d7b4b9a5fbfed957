"""The accessibility statement: what `python -m benchmarks.accessibility` found, never what was meant."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from api.catalogue.routes import base_of
from api.settings import ApiSettings
from api.web.page import render
from api.web.routing import READ

RESULTS = Path(__file__).parent / "accessibility.toml"

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class Tool(BaseModel):
    """One program that looked at every page, and how much it found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    violations: int = Field(ge=0)


class Results(BaseModel):
    """What was looked at, in which languages and colours, on which day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    languages: Sequence[str] = Field(min_length=1)
    schemes: Sequence[str] = Field(min_length=1)
    pages: Sequence[str] = Field(min_length=1)
    tools: Sequence[Tool] = Field(min_length=1)

    @property
    def status(self) -> str:
        """Give the Dutch model's status. Machines find part of what hinders people, so they bring no more than C."""
        return "C" if all(tool.violations == 0 for tool in self.tools) else "D"


@cache
def read_results(path: Path = RESULTS) -> Results | None:
    """Read what was found; None where nothing was looked at. pydantic's ValidationError names what is wrong."""
    if not path.is_file():
        return None
    return Results.model_validate(tomllib.loads(path.read_text("utf-8")))


@router.api_route("/accessibility", methods=READ)
def accessibility_page(request: Request) -> HTMLResponse:
    """State how accessible the page is, how that is known, and where to complain."""
    settings: ApiSettings = request.app.state.settings
    named = settings.publisher_name != ApiSettings.model_fields["publisher_name"].default
    return render(
        request,
        "accessibility.html",
        results=read_results(),
        settings=settings,
        publisher=settings.publisher_name if named else "",
        site=base_of(request),
    )
