"""The web application: /v1 for programs, the page for people, one pool of connections for both."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from api import problems
from api.answer_cache import AnswerCache
from api.catalogue import routes as catalogue
from api.database import ROLE, read_only
from api.headers import ProtectiveHeaders
from api.keys import Keys
from api.ogc import app as ogc
from api.openaq import app as openaq
from api.rate_limit import RateLimit
from api.settings import ApiSettings
from api.sta.app import create_sta, mount_sta
from api.surface import HEADERS
from api.v1 import create_v1
from storage.api_keys import ApiKey, find_key
from storage.connection import borrow, open_pool

LIMITED = (
    "/v1/",
    "/sta/",
    "/openaq/",
    "/features",
    "/catalog",
)  # what programs ask; the page and its files are not counted


class Platform(FastAPI):
    """The application, with what is counted and what is kept outside of all its own layers.

    A kept answer takes half the time there: neither FastAPI's telemetry and exit stacks nor Starlette's error
    handlers see it.
    """

    def __init__(self, settings: ApiSettings, **options: Any) -> None:
        super().__init__(**options)
        kept = AnswerCache(super().__call__, paths=("/v1/latest",))
        self._outermost = RateLimit(
            kept,
            per_minute=settings.requests_per_minute,
            prefixes=LIMITED,
            headers=HEADERS,
            ready=kept.ready,
            keys=Keys(self._find_key),
            per_key=settings.key_requests_per_minute,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request, and answer it from memory where that is possible."""
        await self._outermost(scope, receive, send)

    def _find_key(self, secret_hash: str) -> ApiKey | None:
        with borrow(self.state.pool, timeout_s=self.state.settings.pool_timeout) as conn:
            return find_key(conn, secret_hash, datetime.now(UTC))


def create_app(settings: ApiSettings) -> FastAPI:
    """Build the application; the pool opens when it starts and closes when it ends."""
    v1, sta = create_v1(settings), create_sta(settings)
    surfaces = {openaq.PATH: openaq.create_openaq(settings), ogc.PATH: ogc.create_features(settings)}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        url = read_only(settings.reads)
        with open_pool(url, size=settings.pool_size, role=ROLE) as pool:
            for one in (app, v1, sta, *surfaces.values()):
                one.state.pool = pool
            yield

    app = Platform(settings, lifespan=lifespan, openapi_url=None, redirect_slashes=False)
    app.state.settings = settings
    app.state.v1 = v1
    app.state.sta = sta
    problems.install(app)
    app.add_middleware(problems.UnforeseenErrors)
    app.add_middleware(ProtectiveHeaders)
    app.add_api_route("/v1", _describe)  # a mount begins after the slash
    app.add_api_route(ogc.PATH, _lead_to_features)
    for path, surface in {"/v1": v1, **surfaces}.items():
        app.router.routes.append(_mount_of_any_path(path, surface))
    mount_sta(app, sta)
    app.include_router(catalogue.router)
    _mount_page(app)
    return app


def _mount_of_any_path(path: str, surface: FastAPI) -> Mount:
    """Mount a surface for paths with line breaks too, which Starlette's own pattern leaves to the page."""
    mount = Mount(path, surface)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _describe() -> RedirectResponse:
    """Lead who asks for the API itself to its description."""
    return RedirectResponse("/v1/openapi.json", headers=HEADERS)


def _lead_to_features() -> RedirectResponse:
    """Lead who leaves out the slash to the landing page of OGC API Features."""
    return RedirectResponse(f"{ogc.PATH}/", headers=HEADERS)


def _mount_page(app: FastAPI) -> None:
    """Add the page where it is installed; the API works without it."""
    if find_spec("api.web") is None or find_spec("api.web.pages") is None:
        return
    pages = import_module("api.web.pages")
    app.include_router(pages.router)
    app.mount("/static", pages.static_app)
    app.add_exception_handler(HTTPException, pages.tell)
