"""The application of OGC API Features, mounted at /features."""

from fastapi import FastAPI

from api.ogc import routes
from api.settings import ApiSettings
from api.surface import create_surface

PATH = "/features"

DESCRIPTION = """\
Citizen stations, official stations and areas by OGC API Features (parts 1 and 2), for GIS programs. Coordinates are \
longitude and latitude of WGS 84; `crs` and `bbox-crs` take RD (EPSG:28992), ETRS89 (EPSG:4258), EPSG:4326 and \
EPSG:3857 as well. What is measured is in /v1.
"""

TAGS = ({"name": "features", "description": "Where it is measured."},)


def create_features(settings: ApiSettings) -> FastAPI:
    """Build the application; `state.pool` is set by who mounts it."""
    return create_surface(
        settings,
        path=PATH,
        title="luchtbrug features",
        description=DESCRIPTION,
        tags=TAGS,
        routers=(routes.router,),
    )
