"""The SensorThings application: mounted at /sta/v1.1, and at /sta/v1.0 for clients of RIVM Samen Meten."""

from asyncio import Semaphore

from fastapi import FastAPI, Request, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from api import problems
from api.headers import EVERYWHERE, ConditionalRequests, FixedHeaders
from api.leaving import EndsWithCaller
from api.settings import ApiSettings
from api.sta.errors import NothingThereError, SyntaxOfQueryError
from api.sta.openapi import get_document
from api.sta.recent import RecentAnswers
from api.sta.service import describe, router
from storage.sensorthings.errors import SensorThingsError, TooExpensiveError, UnknownNameError, WrongTypeError

MOUNTS = ("/sta/v1.1", "/sta/v1.0")

TABLE: dict[type[Exception], tuple[int, str]] = {
    NothingThereError: (404, "Not Found"),
    SyntaxOfQueryError: (400, "Bad Request"),
    UnknownNameError: (400, "Bad Request"),
    WrongTypeError: (400, "Bad Request"),
    TooExpensiveError: (400, "Bad Request"),  # the question is at fault, and asking again will not help
    SensorThingsError: (400, "Bad Request"),
}


def create_sta(settings: ApiSettings) -> FastAPI:
    """Build the application; `state.pool` is set by who mounts it, and half of it is for us."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.settings = settings
    app.state.turns = Semaphore((settings.pool_size + 1) // 2)
    app.add_api_route("/openapi.json", get_document, methods=["GET", "HEAD"])
    app.include_router(router)
    problems.install(app)
    for error in TABLE:
        app.add_exception_handler(error, _from_table)
    app.add_middleware(EndsWithCaller)
    app.add_middleware(problems.UnforeseenErrors)
    app.add_middleware(ConditionalRequests)
    app.add_middleware(
        GZipMiddleware, minimum_size=1000, compresslevel=1
    )  # of 640 kB level 1 leaves 46 in 3 ms, level 4 39 in 26
    app.add_middleware(RecentAnswers)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD"], allow_headers=["*"])
    app.add_middleware(FixedHeaders, headers=EVERYWHERE)
    return app


def mount_sta(app: FastAPI, sta: FastAPI) -> None:
    """Mount the application at both addresses, with and without a slash at the end of the root."""
    for path in MOUNTS:
        app.add_api_route(path, _root, methods=["GET", "HEAD"], response_model=None)  # a mount begins after the slash
        app.mount(path, sta)


def _root(request: Request) -> Response:
    settings: ApiSettings = request.app.state.settings
    base = settings.base_url or f"{request.url.scheme}://{request.url.netloc}"
    answer = describe(f"{base}{request.url.path}")
    answer.headers.update(EVERYWHERE)
    return answer


def _from_table(_request: Request, error: Exception) -> Response:
    status, title = next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)
    message = str(error)
    return problems.problem(status, title, message[:1].upper() + message[1:])
