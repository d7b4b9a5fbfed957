"""The one route of SensorThings: read the path and the options, ask storage, answer."""

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from psycopg import Connection

from api.database import Database, Now
from api.sta import answers
from api.sta.errors import NothingThereError, SyntaxOfQueryError
from api.sta.options import Options, parse_options
from api.sta.resources import Resource, parse_path
from storage.sensorthings import fetch
from storage.sensorthings.documents import components
from storage.sensorthings.functions import FUNCTIONS
from storage.sensorthings.model import ENTITIES
from storage.sensorthings.tree import Context, Query
from validation.flags import FAIL, SUSPECT, Flag

_ROOT_ADDRESS = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CONFORMANCE = [
    _ROOT_ADDRESS + name
    for name in (
        "datamodel",
        "resource-path/resource-path-to-entities",
        "request-data",
        "request-data/expand",
        "request-data/select",
        "request-data/filter",
        "request-data/built-in-filter-operations",
        "request-data/built-in-query-functions",
        "request-data/orderby",
        "request-data/top",
        "request-data/skip",
        "request-data/count",
        "request-data/pagination",
        "data-array/data-array",
    )
]

router = APIRouter()


async def turn(request: Request) -> AsyncIterator[None]:
    """Wait in line: who asks while all turns are taken is late, not refused, and other surfaces find connections."""
    async with request.app.state.turns:
        yield


@router.api_route("/{path:path}", methods=["GET", "HEAD"], dependencies=[Depends(turn, scope="function")])
def read(path: str, request: Request, conn: Database, now: Now) -> Response:
    """Answer any path below the root."""
    context = _context(request, now)
    if not path.strip("/"):
        return describe(context.root)
    resource = parse_path(path)
    options = parse_options(_pairs(request), resource.entity, single=resource.single)
    if resource.properties:
        return _property(conn, resource, options, context)
    if resource.single:
        return _one(conn, resource, options, context)
    return _many(conn, resource, options, context)


def _context(request: Request, now: Now) -> Context:
    """Name the root as the caller reached it, unless the settings know what the public calls us."""
    base = request.app.state.settings.base_url or f"{request.url.scheme}://{request.url.netloc}"
    root = f"{base}{request.scope['root_path']}"
    names = tuple((flag.name or "").lower() for flag in Flag)
    return Context(root, now, names, int(FAIL), int(SUSPECT))


def _pairs(request: Request) -> list[tuple[str, str]]:
    """Read the options with `+` and `%20` as a space."""
    try:
        return parse_qsl(
            request.scope["query_string"].decode("ascii"),
            keep_blank_values=True,
            max_num_fields=20,
            errors="strict",
        )
    except ValueError as error:
        raise SyntaxOfQueryError("the query is not UTF-8 in percent-encoding, or has over 20 options.") from error


def describe(root: str) -> Response:
    """Answer the root: what there is, and what of the standard is kept."""
    sets = [{"name": entity.plural, "url": f"{root}/{entity.plural}"} for entity in ENTITIES]
    settings = {"conformance": CONFORMANCE, "functions": sorted(FUNCTIONS)}
    return answers.answer(json.dumps({"value": sets, "serverSettings": settings}))


def _need_parent(conn: Connection, resource: Resource, context: Context, *, found: int) -> None:
    """Tell an empty list from one below an entity that does not exist."""
    parent = resource.steps[:-1]
    if parent and not found and not fetch.exists(conn, parent, context):
        raise _missing(resource)


def _many(conn: Connection, resource: Resource, options: Options, context: Context) -> Response:
    query, address = options.query, _address(resource, context)
    if resource.suffix == "$count":
        number = fetch.count(conn, resource.steps, query, context)
        _need_parent(conn, resource, context, found=number)
        return answers.answer(str(number), "text/plain")
    if options.data_array:
        return _arrays(conn, resource, query, context)
    ask = fetch.references if resource.suffix == "$ref" else fetch.page
    page = ask(conn, resource.steps, query, context)
    _need_parent(conn, resource, context, found=page.number)
    return answers.collection(page, query, address)


def _arrays(conn: Connection, resource: Resource, query: Query, context: Context) -> Response:
    if query.expand:
        raise SyntaxOfQueryError("$expand has no place in arrays.")
    columns = components(resource.entity, query)
    rows = fetch.arrays(conn, resource.steps, query, columns, context)
    _need_parent(conn, resource, context, found=len(rows.arrays))
    return answers.data_arrays(rows, columns, query, _address(resource, context), context.root)


def _one(conn: Connection, resource: Resource, options: Options, context: Context) -> Response:
    if resource.suffix == "$ref":
        found = fetch.references(conn, resource.steps, Query(top=1), context).documents or None
    else:
        found = fetch.one(conn, resource.steps, options.query, context)
    if found is None:
        raise _missing(resource)
    return answers.answer(found)


def _property(conn: Connection, resource: Resource, options: Options, context: Context) -> Response:
    if options.query.raw:
        raise SyntaxOfQueryError("a property takes no query options.")
    last = resource.properties[-1]
    found = fetch.property_text(conn, resource.steps, last, context)
    if found is None:
        raise _missing(resource)
    if found == "null":
        return answers.no_content()
    if resource.suffix == "$value":
        value = json.loads(found)
        return answers.answer(value if isinstance(value, str) else found, "text/plain")
    return answers.answer(f"{{{json.dumps(last.name)}:{found}}}")


def _missing(resource: Resource) -> NothingThereError:
    return NothingThereError(f"There is no {resource.entity.name} at '/{_path(resource)}'.")


def _address(resource: Resource, context: Context) -> str:
    """Give the address of a collection, for the link to its next page."""
    suffix = f"/{resource.suffix}" if resource.suffix else ""
    return f"{context.root}/{_path(resource)}{suffix}"


def _path(resource: Resource) -> str:
    return "/".join(step.name if step.id is None else f"{step.name}({step.id})" for step in resource.steps)
