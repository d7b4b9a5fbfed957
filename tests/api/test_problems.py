"""Errors: one shape, all that is wrong at once, nothing of the inside."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings
from tests import patient

Serve = Callable[[FastAPI], AbstractContextManager[str]]


def test_all_errors_are_told_at_once(client: httpx.Client) -> None:
    """Four wrong parameters are four entries, each with its place, its name as written, and what to do."""
    answer = client.get("/stations?bbox=1,2&near=9&limit=0&colour=red")

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {"status", "title", "detail", "errors"}
    assert (body["status"], body["title"], body["detail"]) == (
        400,
        "Bad Request",
        "4 parameters are wrong: see errors.",
    )
    assert [(error["in"], error["name"]) for error in body["errors"]] == [
        ("query", "bbox"),
        ("query", "near"),
        ("query", "limit"),
        ("query", "colour"),
    ]
    assert body["errors"][3]["detail"].startswith("There is no parameter 'colour' here.")


@pytest.mark.parametrize(
    ("path", "status", "part"),
    [
        ("/nothing", 404, "/v1/openapi.json lists all paths"),
        ("/stations/", 404, "none ends in a slash"),
        ("/stations?f=xml", 406, "use f=json or f=geojson or f=csv or f=ndjson"),
        ("/health?f=geojson", 406, "use f=json"),
        ("/stations?after=%21", 400, "use `next` of the page before"),
        ("/latest?observedProperty=PM2.5", 400, "1 parameter is wrong"),
    ],
)
def test_each_problem_has_status_title_and_detail(client: httpx.Client, path: str, status: int, part: str) -> None:
    """A problem's body repeats the status, and its detail says what to do."""
    answer = client.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert part in answer.json()["detail"]


def test_accept_that_is_not_offered_is_a_406(client: httpx.Client) -> None:
    """Who accepts only images is told what there is."""
    answer = client.get("/stations", headers={"Accept": "image/png"})

    assert answer.status_code == 406
    assert "application/geo+json" in answer.json()["detail"]


PATHS = (
    "/stations",
    "/stations/{}",
    "/latest",
    "/series/{}/readings",
    "/series/{}/hours",
    "/series/{}/days",
    "/series/1/hours/{}/explanation",
    "/series/1/readings/{}/explanation",
    "/series",
    "/exports/hours",
    "/calibrations/{}",
    "/reference-stations",
    "/reference-stations/{}/hours",
)
PARAMETERS = ("f", "bbox", "near", "radius", "limit", "after", "begin", "end", "observedProperty", "flag",
              "timeZone", "layout")  # fmt: skip
HOSTILE = (
    "0",
    "-1",
    "1e999",
    "nan",
    "NULL",
    "'; DROP TABLE reading--",
    "%s",
    "..",
    "ö",
    "\x00",
    "9999-12-31T23:59:59Z",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PATHS),
    name=st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=20)),
    query=st.dictionaries(
        st.sampled_from(PARAMETERS), st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20)), max_size=4
    ),
)
def test_no_input_is_our_fault(client: httpx.Client, path: str, name: str, query: dict[str, str]) -> None:
    """Whatever stands in a path or a query, the answer is a success or a problem of the caller's, never a 500."""
    answer = client.get(path.format(quote(name.encode("utf-8", "replace"), safe="")), params=query)

    assert answer.status_code in (200, 307, 400, 404, 406)  # 307: two dots lead to /v1 itself
    assert answer.headers["api-version"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(client: httpx.Client, method: str) -> None:
    """A writing method is a 405 problem that names the methods there are."""
    answer = client.request(method, "/stations")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["title"] == "Method Not Allowed"


def test_a_path_outside_v1_is_a_problem_too(client: httpx.Client) -> None:
    """Outside /v1 an unknown path is a 404 problem as well."""
    answer = client.get(client.base_url.join("/nothing"))

    assert answer.status_code == 404
    assert answer.json()["title"] == "Not Found"


def test_an_unforeseen_error_tells_nothing(app: FastAPI, serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    """A bug is a bare 500 with all headers; what happened stands in the log only."""

    @app.state.v1.get("/bug")  # type: ignore[untyped-decorator]
    def bug() -> None:
        raise RuntimeError("password is swordfish")

    with serve(app) as url:
        answer = patient.get(f"{url}/v1/bug")

    assert answer.status_code == 500
    assert answer.json() == {
        "status": 500,
        "title": "Internal Server Error",
        "detail": "Something went wrong on our side. It was logged.",
    }
    assert answer.headers["api-version"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "swordfish" not in answer.text
    assert "request_failed" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["/health", "/stations", "/latest?observedProperty=pm2_5", "/calibrations/x"])
def test_a_lost_database_is_a_503(away_url: str, path: str) -> None:
    """While the database is away every path answers 503, says when to try again, and names no address."""
    answer = patient.get(f"{away_url}/v1{path}")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert answer.headers["api-version"]
    assert answer.json()["title"] == "Service Unavailable"
    assert "127.0.0.1" not in answer.text
    assert "secret" not in answer.text


def test_what_needs_no_database_works_without(away_url: str) -> None:
    """The document and the index are there while the database is away."""
    assert patient.get(f"{away_url}/v1/openapi.json").status_code == 200
    assert patient.get(f"{away_url}/v1/index").status_code == 200


@pytest.fixture(scope="module")
def away_url(serve: Serve) -> Iterator[str]:
    """Run the application on a database port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = SecretStr(f"postgresql://luchtbrug:secret@127.0.0.1:{port}/luchtbrug")
    with serve(create_app(ApiSettings(database_url=url, pool_timeout=0.2))) as address:
        yield address
