"""Locations, sensors and measurements: parse, ask storage, put the envelope around."""

from collections.abc import Mapping
from typing import Annotated, Any

import fastapi
from fastapi import APIRouter, Path, Request, Response
from psycopg import Connection

from api.database import Database
from api.openaq import answers, models
from api.openaq.asking import FIRST, Key, NoQuery, need_location, need_sensor, one, page
from api.openaq.models import Answer
from api.openaq.parameters import Keys, LatestQuery, LocationQuery, PageQuery, RisingQuery, SpanQuery
from api.openaq.periods import Data, Rollup, period_of
from storage.stations import box

router = APIRouter(tags=["measurements"])

What = Annotated[Data, Path(examples=["hours"])]
How = Annotated[Rollup, Path(examples=["daily"])]
ANYWHERE = {"near_lat": None, "near_lon": None, "radius_m": None, **box(None)}


@router.get("/locations", response_model=Answer[models.Location])
def list_locations(request: Request, conn: Database, query: Annotated[LocationQuery, fastapi.Query()]) -> Response:
    """List stations as locations, at their public positions."""
    wanted = {
        **query.place(),
        "id": None,
        "parameters": _keys(query.parameters_id),
        "instruments": _keys(query.instruments_id),
    }
    if query.nobody:
        return answers.listed(request, [], query)
    return page(request, conn, "locations", _locations(wanted, query), query)


@router.get("/locations/{locations_id}", response_model=Answer[models.Location])
def get_location(request: Request, conn: Database, locations_id: Key, _query: NoQuery) -> Response:
    """Get one station."""
    wanted = {**ANYWHERE, "id": locations_id, "parameters": None, "instruments": None}
    return one(request, conn, "locations", _locations(wanted, FIRST), locations_id)


@router.get("/locations/{locations_id}/latest", response_model=Answer[models.Latest])
def list_latest_of_location(
    request: Request, conn: Database, locations_id: Key, query: Annotated[LatestQuery, fastapi.Query()]
) -> Response:
    """List the last readings of one station."""
    need_location(conn, locations_id)
    wanted = {"station": locations_id, "parameter": None, "since": query.datetime_min}
    return page(request, conn, "latest", wanted, query)


@router.get("/locations/{locations_id}/sensors", response_model=Answer[models.Sensor])
def list_sensors_of_location(
    request: Request, conn: Database, locations_id: Key, query: Annotated[RisingQuery, fastapi.Query()]
) -> Response:
    """List the series of one station."""
    need_location(conn, locations_id)
    return page(request, conn, "sensors", {"station": locations_id, "id": None}, query)


@router.get("/sensors/{sensors_id}", response_model=Answer[models.Sensor])
def get_sensor(request: Request, conn: Database, sensors_id: Key, _query: NoQuery) -> Response:
    """Get one series."""
    return one(request, conn, "sensors", {"station": None, "id": sensors_id}, sensors_id)


@router.get("/sensors/{sensors_id}/{data}", response_model=Answer[models.Measurement])
def list_measurements(
    request: Request, conn: Database, sensors_id: Key, data: What, query: Annotated[SpanQuery, fastapi.Query()]
) -> Response:
    """List single readings, hours, days or years of one series, oldest first."""
    need_sensor(conn, sensors_id)
    if data == "measurements":
        return page(request, conn, "measurements", {"id": sensors_id, **query.times()}, query)
    return _means(request, conn, sensors_id, data, None, query)


@router.get("/sensors/{sensors_id}/{data}/{rollup}", response_model=Answer[models.Measurement])
def list_means(
    request: Request,
    conn: Database,
    sensors_id: Key,
    data: What,
    rollup: How,
    query: Annotated[SpanQuery, fastapi.Query()],
) -> Response:
    """List longer means of one series; all are made of its hours."""
    need_sensor(conn, sensors_id)
    return _means(request, conn, sensors_id, data, rollup, query)


def _keys(found: Keys | None) -> list[int] | None:
    return list(found.keys) if found else None


def _locations(wanted: Mapping[str, Any], query: PageQuery) -> dict[str, Any]:
    written = {
        "country": answers.as_text(answers.COUNTRY),
        "owner": answers.as_text(answers.OWNER),
        "provider": answers.as_text(answers.PROVIDER),
        "licenses": answers.as_text(answers.LOCATION_LICENSES),
    }
    return {**wanted, **written, "descending": query.sort_order.lower() == "desc"}


def _means(
    request: Request, conn: Connection[Any], key: int, data: Data, rollup: Rollup | None, query: SpanQuery
) -> Response:
    period = period_of(data, rollup)
    if period is None:
        return page(request, conn, "hours", {"id": key, **query.times()}, query)
    return page(request, conn, "periods", {"id": key, **query.span(), **period.parameters()}, query)
