"""The OpenAPI document of SensorThings, made from the entity model: paths, options and the shape of every entity."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import Request, Response

from api.openapi import COMMON_PROBLEMS, VERSION, problem_response, schemas_of
from api.problems import Problem
from api.settings import ApiSettings
from api.sta.answers import answer
from api.sta.options import EXPAND_DEPTH_MAX, SKIP_MAX, TOP_DEFAULT, TOP_MAX
from storage.sensorthings.fetch import COUNT_MAX
from storage.sensorthings.functions import FUNCTIONS
from storage.sensorthings.model import ENTITIES, Entity, Kind, Navigation, Property

Json = dict[str, Any]

_DESCRIPTION = """\
The hours of all stations by OGC SensorThings API 1.1, to read. Paths go on as the standard says: \
`/Things(1)/Datastreams(2)/Observations`, `…/name/$value`, `…/$ref`. docs/sensorthings.md says what stands where.
"""
_TAG = {"name": "sensorthings", "description": "Entities of SensorThings 1.1, and License and Party of STAplus."}
_NUMBER_MAX = 10**11 - 1  # eleven digits are read
_OPTIONS: dict[str, tuple[str, Json]] = {
    "filter": (
        "A condition, as `result gt 40 and phenomenonTime ge 2026-05-01`. Functions: " + ", ".join(sorted(FUNCTIONS)),
        {"type": "string"},
    ),
    "expand": (
        f"Related entities that come along, {EXPAND_DEPTH_MAX} levels deep at most, as `Datastreams($select=name)`.",
        {"type": "string"},
    ),
    "select": ("Properties to give, with commas between them.", {"type": "string"}),
    "orderby": ("What to sort by, as `phenomenonTime desc`.", {"type": "string"}),
    "top": (
        f"Entities in a page; above {TOP_MAX} it is {TOP_MAX}.",
        {"type": "integer", "minimum": 0, "maximum": _NUMBER_MAX, "default": TOP_DEFAULT},
    ),
    "skip": ("Entities to leave out at the beginning.", {"type": "integer", "minimum": 0, "maximum": SKIP_MAX}),
    "count": (f"Whether to say how many there are in all, up to {COUNT_MAX}.", {"type": "boolean", "default": False}),
    "resultFormat": ("Observations as arrays.", {"type": "string", "enum": ["dataArray"]}),
}
_SINGLE = ("expand", "select")
_COLLECTION = ("filter", "expand", "select", "orderby", "top", "skip", "count")
_ID: Json = {
    "name": "id", "in": "path", "required": True, "description": "The number of an entity, `@iot.id`.",
    "schema": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
}  # fmt: skip
_POINT: Json = {
    "type": "object", "description": "A point of GeoJSON: longitude, latitude [degrees].",
    "properties": {"type": {"const": "Point"}, "coordinates": {"type": "array", "items": {"type": "number"}}},
}  # fmt: skip
_TIME: Json = {"type": ["string", "null"], "format": "date-time"}
_SCHEMAS: dict[Kind, Json] = {
    Kind.NUMBER: {"type": ["number", "null"]},
    Kind.BOOLEAN: {"type": ["boolean", "null"]},
    Kind.TIME: _TIME,
    Kind.PERIOD: {"type": ["string", "null"], "description": "Begin and end, as `begin/end`."},
    Kind.POINT: {"$ref": "#/components/schemas/Point"},
    Kind.JSON: {"type": "array", "items": {"type": "string"}},
}
_ARRAYS: Json = {
    "type": "object", "description": "Observations of one Datastream as arrays, with $resultFormat=dataArray.",
    "properties": {
        "Datastream@iot.navigationLink": {"type": "string"},
        "components": {"type": "array", "items": {"type": "string"}},
        "dataArray@iot.count": {"type": "integer"},
        "dataArray": {"type": "array", "items": {"type": "array", "items": {}}},
    },
}  # fmt: skip


def get_document(request: Request) -> Response:
    """Give the document, with the address that it was asked at."""
    return answer(json.dumps(document(request.app.state.settings, request.scope["root_path"])))


def document(settings: ApiSettings, path: str) -> Json:
    """Make the document of the service that is mounted at `path`."""
    contact = {"name": settings.contact_name, "email": settings.contact_email, "url": settings.contact_url}
    options = {
        name: {"name": f"${name}", "in": "query", "description": text, "schema": schema}
        for name, (text, schema) in _OPTIONS.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "luchtbrug SensorThings", "version": VERSION, "description": _DESCRIPTION,
                 "contact": contact, "license": {"name": "CC0-1.0", "identifier": "CC0-1.0"}},
        "servers": [{"url": f"{settings.base_url or ''}{path}"}],
        "tags": [_TAG],
        "paths": {"/": _root(), **{key: value for entity in ENTITIES for key, value in _paths(entity)}},
        "components": {"schemas": dict(_schemas()), "parameters": {"id": _ID, **options}},
    }  # fmt: skip


def _root() -> Json:
    shape: Json = {
        "type": "object",
        "properties": {"value": {"type": "array", "items": {}}, "serverSettings": {"type": "object"}},
    }
    return _get("getRoot", "All entity sets and their addresses.", _json(shape), ())


def _paths(entity: Entity) -> Iterator[tuple[str, Json]]:
    """List the paths that begin with the set of an entity."""
    name, every = entity.name, f"/{entity.plural}"
    one = f"{every}({{id}})"
    yield every, _many(f"list{entity.plural}", f"All {entity.plural}.", entity.name)
    counted = {"description": "Their number.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    yield f"{every}/$count", _get(f"count{entity.plural}", f"How many {entity.plural} there are.", counted, ("filter",))
    yield one, _get(f"get{name}", f"One {name}.", _json(_ref(name)), ("id", *_SINGLE))
    for navigation in entity.navigations:
        yield f"{one}/{navigation.name}", _related(entity, navigation)
    yield f"{one}/{{property}}", _property(entity)


def _related(entity: Entity, navigation: Navigation) -> Json:
    name, description = f"get{entity.name}{navigation.name}", f"What a {entity.name} leads to: {navigation.name}."
    if navigation.many:
        return _many(name, description, navigation.target, "id")
    return _get(name, description, _json(_ref(navigation.target)), ("id", *_SINGLE))


def _many(name: str, description: str, target: str, *first: str) -> Json:
    last = ("resultFormat",) if target == "Observation" else ()
    return _get(name, description, _json(_ref(f"{target}Page")), (*first, *_COLLECTION, *last))


def _property(entity: Entity) -> Json:
    """Describe how one property is asked for by itself."""
    names = [own.name for own in entity.properties]
    found = _get(f"get{entity.name}Property", f"One property of a {entity.name}.", _json({"type": "object"}), ("id",))
    found["get"]["parameters"].append(
        {
            "name": "property",
            "in": "path",
            "required": True,
            "description": "Its name.",
            "schema": {"type": "string", "enum": names},
        }
    )
    found["get"]["responses"]["204"] = {"description": "It has no value."}
    return found


def _get(name: str, description: str, found: Json, parameters: Sequence[str]) -> Json:
    """Describe a GET with its answers."""
    problems = {**COMMON_PROBLEMS, "400": "The request is wrong: `detail` says what."}
    if "id" in parameters:
        problems["404"] = "What the path names does not exist."
    del problems["406"]  # everything is JSON here, whatever is accepted
    answers = {status: problem_response(text) for status, text in problems.items()}
    return {
        "get": {
            "operationId": name, "tags": [_TAG["name"]], "summary": description, "description": description,
            "parameters": [{"$ref": f"#/components/parameters/{one}"} for one in parameters],
            "responses": {"200": found, **answers},
        }
    }  # fmt: skip


def _schemas() -> Iterator[tuple[str, Json]]:
    """Describe every entity, a page of each, and what they are made of."""
    yield "Point", _POINT
    yield "DataArray", _ARRAYS
    yield from schemas_of((Problem,)).items()
    for entity in ENTITIES:
        yield entity.name, _entity(entity)
        shape = _ref(entity.name)
        each = {"anyOf": [shape, _ref("DataArray")]} if entity.name == "Observation" else shape
        members = {"@iot.nextLink": {"type": "string"}, "@iot.count": {"type": "integer"},
                   "value": {"type": "array", "items": each}}  # fmt: skip
        yield f"{entity.name}Page", {"type": "object", "required": ["value"], "properties": members}


def _entity(entity: Entity) -> Json:
    """Describe an entity; nothing is required, for $select leaves out what it does not name."""
    members: Json = {"@iot.id": {"type": "integer"}, "@iot.selfLink": {"type": "string"}}
    members |= {own.name: _value(own) for own in entity.properties}
    for navigation in entity.navigations:
        target = _ref(navigation.target)
        members[f"{navigation.name}@iot.navigationLink"] = {"type": "string"}
        members[navigation.name] = {"type": "array", "items": target} if navigation.many else target
        if navigation.many:
            members[f"{navigation.name}@iot.nextLink"] = {"type": "string"}
            members[f"{navigation.name}@iot.count"] = {"type": "integer"}
    return {"type": "object", "properties": members}


def _value(found: Property) -> Json:
    if found.kind is Kind.OBJECT:
        return {"type": "object", "properties": {key.name: _value(key) for key in found.keys}}
    return _SCHEMAS.get(found.kind, {"type": ["string", "null"]})


def _json(schema: Json) -> Json:
    return {"description": "What was asked for.", "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
