"""The description of a surface: FastAPI's own, mended where the Dutch API design rules ask for something else."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.negotiation import SHORT
from api.problems import MEDIA_TYPE, Problem

VERSION = "1.0.0"

VERSION_HEADER: dict[str, Any] = {
    "description": "The exact version of this API.",
    "schema": {"type": "string", "examples": [VERSION]},
}
ON_THE_WIRE_TEXT = ("Box", "Place", "Keys", "Corners", "Time")
"""Parameters that are objects here and text on the wire: FastAPI describes their insides, which nobody refers to."""

COMMON_PROBLEMS = {
    "401": "The key that came along is unknown, revoked or over, or one is needed.",
    "406": "None of the accepted formats is offered.",
    "429": "This address asked too much; Retry-After says when to try again.",
    "500": "Something went wrong on our side.",
    "503": "The database cannot be reached, or as much runs as can; Retry-After says when to try again.",
}


class VersionedApi(FastAPI):
    """A FastAPI application whose document declares the problems and headers that all its answers have."""

    described: Sequence[type[BaseModel]] = ()
    """Models that no route names as its own: GeoJSON beside JSON."""

    def openapi(self) -> dict[str, Any]:
        """Make the document at the first call and keep it."""
        if not self.openapi_schema:
            document = _mend(
                get_openapi(
                    title=self.title,
                    version=self.version,
                    description=self.description,
                    license_info=self.license_info,
                    servers=self.servers,
                    tags=self.openapi_tags,
                    routes=self.routes,
                ),
                (Problem, *self.described),
            )
            # not through get_openapi: it logs a complaint for every e-mail address without email-validator
            document["info"]["contact"] = self.contact
            self.openapi_schema = document
        return self.openapi_schema


def _mend(document: dict[str, Any], models: Sequence[type[BaseModel]]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError", *ON_THE_WIRE_TEXT):
        schemas.pop(name, None)
    schemas.update(schemas_of(models))
    _complete_arrays(document)
    for operation in _operations(document):
        responses = operation["responses"]
        if responses.pop("422", None):  # ours is 400 (rule /core/error-handling/invalid-input)
            responses["400"] = problem_response("The request is wrong: `errors` lists all that is.")
        _name_formats(operation)
        for status, description in COMMON_PROBLEMS.items():
            responses[status] = problem_response(description)
        if any(parameter["in"] == "path" for parameter in operation.get("parameters", [])):
            responses["404"] = problem_response("What the path names does not exist.")
        for response in responses.values():
            response.setdefault("headers", {})["API-Version"] = VERSION_HEADER
    return document


def schemas_of(models: Sequence[type[BaseModel]]) -> dict[str, Any]:
    """Describe models and what they are made of, as components."""
    reference = "#/components/schemas/{model}"
    _, found = models_json_schema([(model, "serialization") for model in models], ref_template=reference)
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def _complete_arrays(node: Any) -> None:
    """Give arrays of a fixed length `items` too, which many readers of OpenAPI want of every array."""
    if isinstance(node, list):
        for part in node:
            _complete_arrays(part)
    if isinstance(node, dict):
        if "prefixItems" in node:
            node.setdefault("items", node["prefixItems"][0])
        for part in node.values():
            _complete_arrays(part)


def _name_formats(operation: dict[str, Any]) -> None:
    """List what `f` may be on a path: the short names of the media types that it answers in."""
    offered = operation["responses"]["200"]["content"]
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "f":
            names = [short for short, media_type in SHORT.items() if media_type in offered]
            parameter["schema"] = {"type": "string", "enum": names}


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def problem_response(description: str) -> dict[str, Any]:
    """Describe an answer that is a problem."""
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
