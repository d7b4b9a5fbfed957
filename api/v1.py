"""The API proper: an application of its own under /v1, with its own document, problems and headers."""

from fastapi import FastAPI

from api.models.areas import AreaCollection
from api.models.references import ReferenceStationCollection
from api.models.series import LatestCollection, SeriesCollection
from api.models.stations import StationCollection
from api.routes import (
    areas,
    calibrations,
    campaigns,
    changes,
    explanations,
    exports,
    health,
    index,
    latest,
    receipts,
    reference_stations,
    scores,
    sensors,
    series,
    snapshots,
    stations,
)
from api.settings import ApiSettings
from api.streaming import Slots
from api.surface import create_surface

DESCRIPTION = """\
Read-only access to citizen-science air-quality stations: every value with its raw value, a 95 % interval, \
flags that say what was found, and the calibration that made it. Values are indicative: they must not be used to test \
limit values. Times are UTC; intervals are half open; `lower` and `upper` enclose 95 % (k = 1.96).
"""

ROUTES = (
    stations,
    areas,
    campaigns,
    receipts,
    latest,
    sensors,
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
    {"name": "areas", "description": "Municipalities, districts and neighbourhoods, and what was measured in them."},
    {"name": "campaigns", "description": "People who measure together, and their passive samples."},
    {"name": "series", "description": "Readings and validated hours of one sensor and property."},
    {"name": "exports", "description": "Many series over a long time in one file."},
    {"name": "calibrations", "description": "How a value came about."},
    {"name": "provenance", "description": "What was published when, what changed since, and how good it is."},
    {"name": "reference-stations", "description": "Official stations and their hours."},
    {"name": "service", "description": "The state of the platform and its vocabulary."},
]


def create_v1(settings: ApiSettings) -> FastAPI:
    """Build the application that is mounted at /v1."""
    app = create_surface(
        settings,
        path="/v1",
        title="luchtbrug",
        description=DESCRIPTION,
        tags=TAGS,
        routers=[module.router for module in ROUTES],
        models=(AreaCollection, LatestCollection, SeriesCollection, StationCollection, ReferenceStationCollection),
    )
    app.state.export_slots = Slots(settings.export_slots)
    app.state.key_export_slots = Slots(settings.key_export_slots)
    return app
