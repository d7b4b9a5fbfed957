"""The API proper: an application of its own under /v1, with its own document, problems and headers."""

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from api import problems
from api.headers import EVERYWHERE, ConditionalRequests, FixedHeaders
from api.negotiation import COLUMNAR
from api.openapi import DESCRIPTION, VERSION, VersionedApi
from api.routes import (
    calibrations,
    changes,
    explanations,
    exports,
    health,
    index,
    latest,
    receipts,
    reference_stations,
    scores,
    series,
    snapshots,
    stations,
)
from api.settings import ApiSettings
from api.streaming import Slots

HEADERS = {**EVERYWHERE, "API-Version": VERSION}

ROUTES = (
    stations,
    receipts,
    latest,
    series,
    explanations,
    exports,
    snapshots,
    changes,
    calibrations,
    scores,
    reference_stations,
    index,
    health,
)
"""In the order in which the document lists them."""

TAGS = [
    {"name": "stations", "description": "Citizen stations, at their public positions, and their last readings."},
    {"name": "series", "description": "Readings and validated hours of one sensor and property."},
    {"name": "exports", "description": "Many series over a long time in one file."},
    {"name": "calibrations", "description": "How a value came about."},
    {"name": "provenance", "description": "What was published when, what changed since, and how good it is."},
    {"name": "reference-stations", "description": "Official stations and their hours."},
    {"name": "service", "description": "The state of the platform and its vocabulary."},
]


def create_v1(settings: ApiSettings) -> FastAPI:
    """Build the application that is mounted at /v1."""
    app = VersionedApi(
        title="luchtbrug",
        version=VERSION,
        description=DESCRIPTION,
        contact={"name": settings.contact_name, "email": settings.contact_email, "url": settings.contact_url},
        license_info={"name": "CC0-1.0", "identifier": "CC0-1.0"},
        servers=[{"url": f"{settings.base_url or ''}/v1"}],
        root_path_in_servers=False,  # else the mount's path is listed beside our server
        openapi_tags=TAGS,
        docs_url=None,  # FastAPI's pages load their scripts from a CDN
        redoc_url=None,
        redirect_slashes=False,  # rule /core/no-trailing-slash: 404, not a redirect
        generate_unique_id_function=_operation_id,
    )
    for module in ROUTES:
        app.include_router(module.router)
    app.state.export_slots = Slots(settings.export_slots)
    problems.install(app)
    _add_middleware(app)
    return app


def _add_middleware(app: FastAPI) -> None:
    """Wrap the application; what is added last stands outermost."""
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
