"""Sensors: the instruments on the stations, and what each of them measures."""

from typing import Annotated

import fastapi
from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import paging
from api.cursors import decode_key_cursor
from api.database import Database
from api.models.base import Model, Page
from api.negotiation import ONLY_JSON
from api.parameters import LIMIT_DEFAULT, CursorParameter, LimitParameter
from api.series_choice import SeriesChoice
from storage.selection import PublicSensor, select_sensors

router = APIRouter(prefix="/sensors", tags=["series"], dependencies=[ONLY_JSON])


class SensorQuery(SeriesChoice):
    """Which sensors: those with a series that fits; only the series that fit are listed."""

    limit: LimitParameter = LIMIT_DEFAULT
    after: CursorParameter | None = None


class SensorItem(Model):
    """One instrument on one station."""

    station_id: str
    sensor_name: str = Field(description="Unique on its station, as sps30-0.")
    sensor_model: str = Field(description="What its siblings share, as SPS30.")
    observed_properties: tuple[str, ...] = Field(description="What it measures.")
    series_ids: tuple[int, ...] = Field(description="The series of these, in the same order.")
    latitude: float = Field(description="Of the public position [degrees, WGS 84].")
    longitude: float
    municipality: str | None
    project: str | None
    simulated: bool


class SensorPage(Page[SensorItem]):
    """One page of sensors, in the order of their first series."""


@router.get("")
def list_sensors(
    request: Request, response: Response, conn: Database, query: Annotated[SensorQuery, fastapi.Query()]
) -> SensorPage:
    """List the sensors of the active stations, in pages."""
    after = decode_key_cursor(query.after) if query.after else None
    rows = select_sensors(conn, query.wanted(), after=after, limit=query.limit + 1)
    page = paging.cut(request, rows, query.limit, key=lambda row: str(row.first_series_key))
    response.headers["Link"] = page.header
    return SensorPage(items=[_item(row) for row in page.rows], next=page.next, links=page.links)


def _item(row: PublicSensor) -> SensorItem:
    return SensorItem(
        station_id=row.station_id,
        sensor_name=row.sensor_name,
        sensor_model=row.sensor_model,
        observed_properties=tuple(row.observed_properties),
        series_ids=tuple(row.series_keys),
        latitude=row.latitude,
        longitude=row.longitude,
        municipality=row.municipality,
        project=row.project,
        simulated=row.simulated,
    )
