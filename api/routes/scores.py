"""The public score: how wrong the platform is at official stations that it was not shown."""

from datetime import date, datetime
from typing import Annotated, Literal

import fastapi
from fastapi import APIRouter
from pydantic import Field

from api.database import Database
from api.index import unit_of
from api.models.base import Model
from api.negotiation import ONLY_JSON
from api.parameters import DayParameter, Query
from storage.scores import Score, list_scores

router = APIRouter(prefix="/scores", tags=["provenance"], dependencies=[ONLY_JSON])


class ScoreQuery(Query):
    """Of which day and property."""

    day: DayParameter | None = Field(default=None, description="Without it, the newest day that has scores.")
    observed_property: str | None = Field(
        default=None, pattern=r"^[a-z][a-z0-9_]{0,39}$", description="As pm2_5, pm10, no2, o3.", examples=["pm2_5"]
    )


class ScoreItem(Model):
    """The score of one product, sensor model and band of distance, pooled over hours."""

    day: date = Field(description="Scored at its begin, UTC.")
    version: str = Field(description="Of method and policy.")
    observed_property: str
    unit: str = Field(description="UCUM, of rmse, bias and halfWidth.")
    sensor_model: str | None = Field(description="Null: the reference field alone, without any sensor.")
    product: Literal["value", "estimate", "field"]
    distance_begin: float = Field(description="To the nearest official station that was not left out, included [km].")
    distance_end: float | None = Field(description="End of the band, not included [km]; null: open.")
    scored_begin: datetime
    scored_end: datetime
    reference_stations: int = Field(description="Official stations that were left out, one at a time.")
    stations: int = Field(description="Pairs of a sensor and a left-out station within 1 km of it.")
    hours: int = Field(description="Hours compared, over all pairs.")
    rmse: float
    bias: float = Field(description="Mean of product minus left-out station.")
    slope: float | None = Field(description="Of the product on the left-out station, hourly, least squares.")
    coverage: float = Field(description="Share of hours in which the 95 % interval holds the left-out station.")
    half_width: float = Field(description="Mean half width of that interval.")
    validated_share: float = Field(description="Share of the hours with a reading in which the product was given.")
    computed_at: datetime


class ScoreTable(Model):
    """The scores of one day."""

    items: list[ScoreItem]


@router.get("")
def list_public_scores(conn: Database, query: Annotated[ScoreQuery, fastapi.Query()]) -> ScoreTable:
    """List the scores of a day: each official station left out in turn over eight weeks, and what was said there."""
    rows = list_scores(conn, day=query.day, observed_property=query.observed_property)
    return ScoreTable(items=[_item(row) for row in rows])


def _item(row: Score) -> ScoreItem:
    return ScoreItem.of(
        row,
        unit=unit_of(row.observed_property),
        sensor_model=row.sensor_model or None,
        distance_begin=row.band_begin_km,
        distance_end=row.band_end_km,
        reference_stations=row.reference_count,
        stations=row.station_count,
    )
