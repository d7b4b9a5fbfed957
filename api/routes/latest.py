"""The last reading of every station, for the map."""

from functools import lru_cache
from typing import Annotated

import fastapi
import psycopg
from fastapi import APIRouter, Response

from api import items
from api.columns import columns_answer
from api.database import Database
from api.errors import BadParameterError
from api.index import EDGES
from api.models.series import LatestCollection
from api.negotiation import COLUMNAR, Geojson, offers
from api.parameters import PropertyName, RegionQuery
from api.tables import ENCODER, INTERVAL, written
from storage import pages
from storage.latest import known_properties, latest_lines, parse_line
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
        table = pages.latest_table(conn, wanted)
        _examine(conn, query.observed_property, found=len(table))
        return columns_answer(table, media_type, columns=LATEST_COLUMNS)
    lines = latest_lines(conn, wanted)
    _examine(conn, query.observed_property, found=len(lines))
    features = b",".join(map(_written, lines))
    body = b'{"type":"FeatureCollection","features":[%b],"interval":%b}' % (features, ENCODER.encode(INTERVAL))
    return written(body, media_type)


def _examine(conn: psycopg.Connection, observed_property: str, *, found: int) -> None:
    """Refuse a property that nothing here measures: an empty answer would hide a slip of the pen, as pm25."""
    if found:
        return
    known = sorted({*known_properties(conn), *EDGES})
    if observed_property not in known:
        raise BadParameterError(
            "observedProperty", f"Nothing here measures '{observed_property}'. What is measured: {', '.join(known)}."
        )


@lru_cache(maxsize=32_768)  # twice the stations that are planned for, some 50 MB
def _written(line: str) -> bytes:
    """Write one feature; between two answers a second apart hardly any reading is new."""
    return ENCODER.encode(items.latest_feature(parse_line(line)))
