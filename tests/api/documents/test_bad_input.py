"""Every path of the three documents is asked wrongly: the answer says what is wrong, of our inside it says nothing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings

SURFACES = ("/v1", "/features", "/openaq/v3")
HOSTILE = (
    "'; DROP TABLE station; --",
    "\x00",
    "9" * 400,
    "😀",
    "../../etc/passwd",
    "9999-12-31T23:59:59Z",
    "%",
    "a" * 1000,
)
INSIDE = ("Traceback", "psycopg", "SELECT ", "site-packages", "starlette", "pydantic", "pg_", "relation ", "COPY")
"""Words of libraries and of the database, which no answer may hold."""

CHECKED_LATER = {"crs", "bbox-crs", "f", "after", "radius", "timeZone"}
"""What is looked at after the form of all parameters, or refused otherwise (`f`: 406)."""


@dataclass(frozen=True, slots=True)
class Path:
    """One path of a document: its address with examples in it, and what may be asked."""

    address: str
    template: str
    names: tuple[str, ...]
    query: dict[str, dict[str, Any]]
    needed: dict[str, str]


def example(parameter: dict[str, Any]) -> str:
    """Give a value that the document shows, or one that is of the right form."""
    schema = parameter["schema"]
    shown = [*parameter.get("examples", ()), *schema.get("examples", ()), schema.get("default")]
    if shown[0] is not None:
        return str(shown[0])
    return {"integer": "1", "number": "1", "boolean": "true"}.get(schema.get("type", ""), "x")


def read(surface: str, template: str, operation: dict[str, Any]) -> Path:
    """Read one operation."""
    found = operation.get("parameters", [])
    inside = {one["name"]: example(one) for one in found if one["in"] == "path"}
    query = {one["name"]: one for one in found if one["in"] == "query"}
    needed = {name: example(one) for name, one in query.items() if one.get("required")}
    return Path(surface + template.format(**inside), surface + template, tuple(inside), query, needed)


@pytest.fixture(scope="module")
def asking(
    gooi_url: str, gooi: dict[str, int], serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> Iterator[httpx.Client]:
    """Ask as often as we like: the shared application counts its callers."""
    app = create_app(ApiSettings(database_url=SecretStr(gooi_url), requests_per_minute=10**6))
    with serve(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def paths(asking: httpx.Client) -> list[Path]:
    """Give all paths of the three documents that can be read."""
    documents = {surface: asking.get(f"{surface}/openapi.json").json()["paths"] for surface in SURFACES}
    return [
        read(surface, template, operations["get"])
        for surface, found in documents.items()
        for template, operations in found.items()
        if "get" in operations
    ]


def assert_told(answer: httpx.Response) -> dict[str, Any]:
    """Hold an error against what every error must be; give its document."""
    assert answer.status_code in (400, 404, 406), (answer.url, answer.status_code, answer.text[:200])
    assert answer.headers["content-type"] == "application/problem+json", answer.url
    assert not [word for word in INSIDE if word in answer.text.replace(str(answer.url.query), "")], answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_there_is_much_to_ask(paths: list[Path]) -> None:
    """The documents are read as they are meant: dozens of paths, a hundred parameters, some of them needed."""
    assert len(paths) > 50
    assert sum(len(path.query) for path in paths) > 100
    assert sum(len(path.needed) for path in paths) > 3


def test_unknown_and_repeated_parameters_are_errors(asking: httpx.Client, paths: list[Path]) -> None:
    """A parameter that a path does not know, and one that stands twice in the query, are named, both at once."""
    for path in paths:
        twice = [(name, example(one)) for name, one in path.query.items() if name != "f"] * 2
        document = assert_told(asking.get(path.address, params=[*twice, ("noSuchThing", "1")]))
        told = {error["name"]: error["detail"] for error in document.get("errors", ())}
        assert {"noSuchThing", *dict(twice)} <= told.keys(), path.address
        assert all("more than once" in told[name] for name in dict(twice)), told


def test_all_that_is_wrong_is_told_at_once(asking: httpx.Client, paths: list[Path]) -> None:
    """Where no parameter has the right form, each that has a form is named."""
    for path in paths:
        typed = {name for name, one in path.query.items() if one["schema"].get("type") in ("integer", "number")}
        typed |= {name for name in path.query if name in ("begin", "end", "asOf", "bbox", "near", "since", "day")}
        if not typed:
            continue
        wrong = dict.fromkeys(path.query.keys() - CHECKED_LATER, "no such")
        told = {error["name"] for error in assert_told(asking.get(path.address, params=wrong))["errors"]}
        assert typed - CHECKED_LATER <= told, path.address


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: text[:8].encode("unicode_escape").decode())
def test_hostile_values_are_errors_or_find_nothing(asking: httpx.Client, paths: list[Path], hostile: str) -> None:
    """Injected, endless and unprintable text breaks nothing, wherever it stands, and no answer shows the inside."""
    for path in paths:
        for query in (
            {name: hostile} for name in path.query.keys() & {*path.needed, "municipality", "project", "after"}
        ):
            answer = asking.get(path.address, params={**path.needed, **query})
            if answer.status_code != 200:
                assert_told(answer)
        if path.query:
            assert_told(asking.get(path.address, params=dict.fromkeys(path.query, hostile)))
        if path.names:
            answer = asking.get(path.template.format(**dict.fromkeys(path.names, quote(hostile, safe=""))))
            assert_told(answer)
