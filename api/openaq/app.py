"""The application in the shape of OpenAQ, mounted at /openaq/v3."""

from fastapi import FastAPI

from api.openaq import routes, vocabulary
from api.settings import ApiSettings
from api.surface import create_surface

PATH = "/openaq/v3"

DESCRIPTION = """\
The stations in the shape of OpenAQ's API v3, so that its official clients read them with another base URL. A key is \
taken and not looked at. Pollutants are calibrated values, everything else is as it was sent; `raw`, `lower` and \
`upper` stand beside them. For flags by name, calibrations and revisions there is /v1.
"""

TAGS = (
    {"name": "measurements", "description": "Locations, sensors and what they measured."},
    {"name": "vocabulary", "description": "Parameters, instruments, and the few things of which there is one."},
)


def create_openaq(settings: ApiSettings) -> FastAPI:
    """Build the application; `state.pool` is set by who mounts it."""
    return create_surface(
        settings,
        path=PATH,
        title="luchtbrug in the shape of OpenAQ",
        description=DESCRIPTION,
        tags=TAGS,
        routers=(routes.router, vocabulary.router),
    )
