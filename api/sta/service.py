"""The one route of SensorThings: read the path and the options, ask storage, answer."""

import json
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
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


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
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
    _need_parent(conn, resource, context)
    return _many(conn, resource, options, context, f"{context.root}/{path.strip('/')}")


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


def _need_parent(conn: Connection, resource: Resource, context: Context) -> None:
    """Tell an empty list from one of an entity that does not exist."""
    parent = resource.steps[:-1]
    if parent and not fetch.exists(conn, parent, context):
        raise _missing(resource)


def _many(conn: Connection, resource: Resource, options: Options, context: Context, address: str) -> Response:
    query = options.query
    if resource.suffix == "$count":
        return answers.answer(str(fetch.count(conn, resource.steps, query, context)), "text/plain")
    if resource.suffix == "$ref":
        return answers.collection(fetch.references(conn, resource.steps, query, context), query, address)
    if options.data_array:
        if query.expand:
            raise SyntaxOfQueryError("$expand has no place in arrays.")
        columns = components(resource.entity, query)
        rows = fetch.arrays(conn, resource.steps, query, columns, context)
        return answers.data_arrays(rows, columns, query, address, context.root)
    return answers.collection(fetch.page(conn, resource.steps, query, context), query, address)


def _one(conn: Connection, resource: Resource, options: Options, context: Context) -> Response:
    if resource.suffix == "$ref":
        links = fetch.references(conn, resource.steps, Query(top=1), context).documents
        found = links[0] if links else None
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
    path = "/".join(step.name if step.id is None else f"{step.name}({step.id})" for step in resource.steps)
    return NothingThereError(f"There is no {resource.entity.name} at '/{path}'.")
