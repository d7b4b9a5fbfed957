"""The last reading of every station, for the map."""

from typing import Annotated

import fastapi
from fastapi import APIRouter, Response
from pydantic import Field

from api import representations
from api.database import Database
from api.models import LatestCollection
from api.negotiation import Geojson, answer, offers
from api.parameters import BoxQuery
from storage.readings import latest

LATEST_MAX = 100_000  # more series of one property than the Netherlands will have; a bound all the same

router = APIRouter(prefix="/latest", tags=["stations"])


class LatestQuery(BoxQuery):
    """Of what and where."""

    observed_property: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,39}$", description="As pm2_5, pm10, no2, o3, temperature.", examples=["pm2_5"]
    )


@router.get("", response_model=LatestCollection, responses=offers(LatestCollection))
def list_latest(conn: Database, query: Annotated[LatestQuery, fastapi.Query()], media_type: Geojson) -> Response:
    """List the last reading of each series of one observed property, with public positions and index bands."""
    rows = latest(conn, observed_property=query.observed_property, bbox=query.corners, limit=LATEST_MAX)
    return answer(LatestCollection(features=representations.latest_features(rows)), media_type)
