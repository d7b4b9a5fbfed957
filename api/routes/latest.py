"""The last reading of every station, for the map."""

from functools import lru_cache
from typing import Annotated

import fastapi
from fastapi import APIRouter, Response

from api import items
from api.columns import columns_answer
from api.database import Database
from api.models.series import LatestCollection
from api.negotiation import COLUMNAR, Geojson, offers
from api.parameters import PropertyName, RegionQuery
from api.tables import ENCODER, INTERVAL, written
from storage import pages
from storage.latest import latest_lines, parse_line
from storage.pages import LatestWanted

LATEST_MAX = 100_000  # more series of one property than the Netherlands will have; a bound all the same
LATEST_COLUMNS = (
    "stationId",
    "name",
    "latitude",
    "longitude",
    "municipality",
    "project",
    "simulated",
    "seriesId",
    "sensorName",
    "sensorModel",
    "observedProperty",
    "unit",
    "time",
    "raw",
    "value",
    "lower",
    "upper",
    "flags",
    "flagMask",
    "quality",
    "calibrationId",
)

router = APIRouter(prefix="/latest", tags=["stations"])


class LatestQuery(RegionQuery):
    """Of what and where."""

    observed_property: PropertyName


@router.get("", response_model=LatestCollection, responses=offers(LatestCollection, columns=True))
def list_latest(conn: Database, query: Annotated[LatestQuery, fastapi.Query()], media_type: Geojson) -> Response:
    """List the last reading of each series of one observed property, with public positions and index bands."""
    wanted = LatestWanted(
        observed_property=query.observed_property,
        municipality=query.municipality,
        area=query.area,
        bbox=query.corners,
        limit=LATEST_MAX,
    )
    if media_type in COLUMNAR:
        return columns_answer(pages.latest_table(conn, wanted), media_type, columns=LATEST_COLUMNS)
    lines = latest_lines(conn, wanted)
    features = b",".join(map(_written, lines))
    body = b'{"type":"FeatureCollection","features":[%b],"interval":%b}' % (features, ENCODER.encode(INTERVAL))
    return written(body, media_type)


@lru_cache(maxsize=32_768)  # twice the stations that are planned for, some 50 MB
def _written(line: str) -> bytes:
    """Write one feature; between two answers a second apart hardly any reading is new."""
    return ENCODER.encode(items.latest_feature(parse_line(line)))
