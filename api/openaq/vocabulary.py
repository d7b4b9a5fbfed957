"""What there is beside measurements: parameters, instruments, and the few things of which there is one."""

from typing import Annotated, Any

import fastapi
from fastapi import APIRouter, Request, Response

from api.database import Database
from api.errors import NotFoundError
from api.openaq import answers, models
from api.openaq.asking import FIRST, Key, NoQuery, one, page
from api.openaq.models import Answer
from api.openaq.parameters import COUNTRY_ID, OURS, CountryQuery, LatestQuery, PageQuery, ParameterQuery, RisingQuery
from storage import openaq
from storage.openaq import Slice

router = APIRouter(tags=["vocabulary"])


@router.get("/parameters", response_model=Answer[models.Parameter])
def list_parameters(request: Request, conn: Database, query: Annotated[ParameterQuery, fastapi.Query()]) -> Response:
    """List what is measured."""
    if query.elsewhere:
        return answers.listed(request, [], query)
    return page(request, conn, "parameters", {"id": None, "kind": query.parameter_type}, query)


@router.get("/parameters/{parameters_id}", response_model=Answer[models.Parameter])
def get_parameter(request: Request, conn: Database, parameters_id: Key, _query: NoQuery) -> Response:
    """Get one parameter."""
    return one(request, conn, "parameters", {"id": parameters_id, "kind": None}, parameters_id)


@router.get("/parameters/{parameters_id}/latest", response_model=Answer[models.Latest])
def list_latest_of_parameter(
    request: Request, conn: Database, parameters_id: Key, query: Annotated[LatestQuery, fastapi.Query()]
) -> Response:
    """List the last readings of one parameter."""
    one(request, conn, "parameters", {"id": parameters_id, "kind": None}, parameters_id)
    wanted = {"station": None, "parameter": parameters_id, "since": query.datetime_min}
    return page(request, conn, "latest", wanted, query)


@router.get("/instruments", response_model=Answer[models.Instrument])
def list_instruments(request: Request, conn: Database, query: Annotated[RisingQuery, fastapi.Query()]) -> Response:
    """List the sensor models."""
    return page(request, conn, "instruments", _instruments(None), query)


@router.get("/instruments/{instruments_id}", response_model=Answer[models.Instrument])
def get_instrument(request: Request, conn: Database, instruments_id: Key, _query: NoQuery) -> Response:
    """Get one sensor model."""
    return one(request, conn, "instruments", _instruments(instruments_id), instruments_id)


@router.get("/manufacturers", response_model=Answer[models.Manufacturer])
def list_manufacturers(request: Request, conn: Database, query: Annotated[PageQuery, fastapi.Query()]) -> Response:
    """List the one manufacturer: nobody writes down who made a sensor."""
    return answers.constants(request, [_manufacturer(conn)], query)


@router.get("/manufacturers/{manufacturers_id}", response_model=Answer[models.Manufacturer])
def get_manufacturer(request: Request, conn: Database, manufacturers_id: Key, _query: NoQuery) -> Response:
    """Get the one manufacturer."""
    _need(manufacturers_id, OURS, "manufacturers")
    return answers.constants(request, [_manufacturer(conn)], FIRST)


@router.get("/manufacturers/{manufacturers_id}/instruments", response_model=Answer[models.Instrument])
def list_instruments_of_manufacturer(
    request: Request, conn: Database, manufacturers_id: Key, query: Annotated[RisingQuery, fastapi.Query()]
) -> Response:
    """List the sensor models."""
    _need(manufacturers_id, OURS, "manufacturers")
    return page(request, conn, "instruments", _instruments(None), query)


@router.get("/countries", response_model=Answer[models.Country])
def list_countries(request: Request, conn: Database, query: Annotated[CountryQuery, fastapi.Query()]) -> Response:
    """List the one country that all stations are in."""
    found = [] if query.elsewhere else [answers.country(openaq.extent(conn))]
    return answers.constants(request, found, query)


@router.get("/countries/{countries_id}", response_model=Answer[models.Country])
def get_country(request: Request, conn: Database, countries_id: Key, _query: NoQuery) -> Response:
    """Get the one country."""
    _need(countries_id, COUNTRY_ID, "countries")
    return answers.constants(request, [answers.country(openaq.extent(conn))], FIRST)


@router.get("/providers", response_model=Answer[models.Provider])
def list_providers(request: Request, conn: Database, query: Annotated[CountryQuery, fastapi.Query()]) -> Response:
    """List the one provider: this platform."""
    found = [] if query.elsewhere else [answers.provider(openaq.extent(conn))]
    return answers.constants(request, found, query)


@router.get("/providers/{providers_id}", response_model=Answer[models.Provider])
def get_provider(request: Request, conn: Database, providers_id: Key, _query: NoQuery) -> Response:
    """Get the one provider."""
    _need(providers_id, OURS, "providers")
    return answers.constants(request, [answers.provider(openaq.extent(conn))], FIRST)


@router.get("/owners", response_model=Answer[models.Named])
def list_owners(request: Request, query: Annotated[PageQuery, fastapi.Query()]) -> Response:
    """List the one owner: who owns which station is nobody's business."""
    return answers.constants(request, [answers.OWNER], query)


@router.get("/owners/{owners_id}", response_model=Answer[models.Named])
def get_owner(request: Request, owners_id: Key, _query: NoQuery) -> Response:
    """Get the one owner."""
    _need(owners_id, OURS, "owners")
    return answers.constants(request, [answers.OWNER], FIRST)


@router.get("/licenses", response_model=Answer[models.License])
def list_licenses(request: Request, query: Annotated[PageQuery, fastapi.Query()]) -> Response:
    """List the one licence."""
    return answers.constants(request, [answers.LICENSE], query)


@router.get("/licenses/{licenses_id}", response_model=Answer[models.License])
def get_license(request: Request, licenses_id: Key, _query: NoQuery) -> Response:
    """Get the one licence."""
    _need(licenses_id, OURS, "licenses")
    return answers.constants(request, [answers.LICENSE], FIRST)


def _instruments(key: int | None) -> dict[str, Any]:
    return {"id": key, "manufacturer": answers.as_text(answers.MANUFACTURER)}


def _manufacturer(conn: Database) -> dict[str, Any]:
    documents, _ = openaq.documents(conn, "instruments", _instruments(None), Slice(1000))
    return answers.manufacturer(documents)


def _need(key: int, ours: int, collection: str) -> None:
    if key != ours:
        raise NotFoundError("entry", key, f"/openaq/v3/{collection}")
