"""One HTTP surface: an application of its own below one path, with its own document, problems and headers."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from api import problems
from api.headers import EVERYWHERE, ConditionalRequests, FixedHeaders
from api.leaving import EndsWithCaller
from api.negotiation import COLUMNAR
from api.openapi import VERSION, VersionedApi
from api.repeated import RepeatedParameters
from api.settings import ApiSettings

HEADERS: Mapping[str, str] = {**EVERYWHERE, "API-Version": VERSION}


def create_surface(
    settings: ApiSettings,
    *,
    path: str,
    title: str,
    description: str,
    tags: Sequence[Mapping[str, Any]],
    routers: Sequence[APIRouter],
    models: Sequence[type[BaseModel]] = (),
) -> VersionedApi:
    """Build the application that is mounted at `path`; `models` are described though no route names them."""
    app = VersionedApi(
        title=title,
        version=VERSION,
        description=description,
        contact={"name": settings.contact_name, "email": settings.contact_email, "url": settings.contact_url},
        license_info={"name": "CC0-1.0", "identifier": "CC0-1.0"},
        servers=[{"url": f"{settings.base_url or ''}{path}"}],
        root_path_in_servers=False,  # else the mount's path is listed beside our server
        openapi_tags=[dict(tag) for tag in tags],
        docs_url=None,  # FastAPI's pages load their scripts from a CDN
        redoc_url=None,
        redirect_slashes=False,  # rule /core/no-trailing-slash: 404, not a redirect
        generate_unique_id_function=_operation_id,
    )
    app.described = tuple(models)
    app.state.settings = settings
    for router in routers:
        app.include_router(router)
    problems.install(app)
    _add_middleware(app)
    return app


def _add_middleware(app: VersionedApi) -> None:
    """Wrap the application; what is added last stands outermost."""
    app.add_middleware(EndsWithCaller)
    app.add_middleware(RepeatedParameters)
    app.add_middleware(problems.UnforeseenErrors)
    app.add_middleware(ConditionalRequests)
    packed = (*DEFAULT_EXCLUDED_CONTENT_TYPES, *COLUMNAR)
    # level 9: 15 % smaller, 2.5 times the work
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5, exclude_content_types=packed)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD"], allow_headers=["*"])
    app.add_middleware(FixedHeaders, headers=HEADERS)


def _operation_id(route: APIRoute) -> str:
    """Name an operation after its function, in camelCase: `list_stations` → `listStations`."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)
