"""What is still answered when the database has gone: a real one, that is ended while the application runs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from time import monotonic, sleep

import httpx
import pytest
from fastapi import FastAPI

from api.answer_cache import FRESH_MAX
from api.database import request_time
from storage.connection import connect
from storage.migrate import migrate
from tests.own_server import crash, own_server

from .conftest import NOW, PATIENCE, World, make_app

LATEST = "/v1/latest?observedProperty=pm2_5"
NL = {"Accept-Language": "nl"}


@pytest.fixture(scope="module")
def outage(serve: Callable[[FastAPI], AbstractContextManager[str]]) -> Iterator[tuple[str, FastAPI]]:
    """Ask for what everybody asks for, and end the database."""
    with own_server() as server:
        with connect(server.get_uri()) as conn:
            migrate(conn)
            world = World(conn)
            world.station("gooi-01", name="Station by the dike")
            world.readings(world.series("gooi-01"), [NOW], value=8.0)
        app = make_app(server.get_uri())
        now = [NOW]
        app.state.clock = now
        app.dependency_overrides[request_time] = lambda: now[0]
        with serve(app) as url:
            for path in (LATEST, "/", "/map/stations"):
                assert _get(f"{url}{path}").status_code == 200
            crash(server)
            yield url, app


def _get(url: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.get(url, headers=headers, timeout=PATIENCE)


def _later(app: FastAPI, time: datetime) -> None:
    app.state.clock[0] = time


def _renewed(url: str) -> httpx.Response:
    """Ask until an answer tells that it could not be renewed."""
    deadline = monotonic() + 4 * FRESH_MAX
    while "cache-status" not in (answer := _get(f"{url}{LATEST}")).headers:
        assert monotonic() < deadline
        sleep(0.3)
    return answer


def test_the_last_readings_stay_with_their_age(outage: tuple[str, FastAPI]) -> None:
    """/v1/latest gives what it said last, at once, and tells how old that is and why."""
    url, _ = outage
    answer = _renewed(url)
    assert answer.status_code == 200
    assert answer.json()["features"][0]["properties"]["stationId"] == "gooi-01"
    assert answer.headers["cache-status"] == "luchtbrug; fwd=stale; fwd-status=503; detail=database-away"
    assert int(answer.headers["age"]) >= 1
    assert _get(f"{url}{LATEST}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_the_map_stays_and_says_how_old_it_is(outage: tuple[str, FastAPI]) -> None:
    """The page, its dots and its table show the last state under a banner with its age, for a day."""
    url, app = outage
    _later(app, NOW + timedelta(hours=3))
    page = _get(f"{url}/", headers=NL)
    assert page.status_code == 200
    assert "De gegevens zijn nu niet bereikbaar. Dit is wat we 3 uur geleden wisten." in page.text
    assert "Station by the dike" in page.text
    assert page.headers["age"] == "10800"
    dots = _get(f"{url}/map/stations")
    assert (dots.status_code, dots.json()["id"], dots.headers["age"]) == (200, ["gooi-01"], "10800")
    _later(app, NOW + timedelta(days=1, seconds=1))
    assert _get(f"{url}/").status_code == 503


@pytest.mark.parametrize("path", ["/v1/stations", "/v1/health", "/stations/gooi-01", "/?property=pm10"])
def test_what_was_not_kept_is_a_503(outage: tuple[str, FastAPI], path: str) -> None:
    """Everything else says that the data are away, and when to try again."""
    url, _ = outage
    answer = _get(f"{url}{path}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
