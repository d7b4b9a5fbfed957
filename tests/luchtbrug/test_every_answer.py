"""The protective headers, on every kind of answer of every door that HTTP leads to: successes, refusals and errors."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest

from tests.luchtbrug.test_doorway import WU, opened
from tests.luchtbrug.test_onboarding import settings

ANSWERS = (
    ("GET", "/", 200), ("GET", "/about", 200), ("GET", "/areas", 200), ("GET", "/areas/none", 404),
    ("GET", "/stations/nobody", 404), ("GET", "/calibrations/none", 404), ("GET", "/transparency", 200),
    ("GET", "/embed/station/nobody", 404), ("GET", "/embed/map", 200), ("GET", "/embed/area/none", 404),
    ("GET", "/connect", 200), ("GET", "/my-station", 200), ("POST", "/my-station", 401), ("POST", "/connect", 400),
    ("GET", "/static/page.css", 200), ("GET", "/static/none.css", 404), ("GET", "/static/../main.py", 404),
    ("GET", "/robots.txt", None), ("GET", "/.well-known/security.txt", 200), ("GET", "/nothing/here", 404),
    ("PUT", "/", 405), ("GET", "/v1", 307), ("GET", "/v1/openapi.json", 200), ("GET", "/v1/flags", 200),
    ("GET", "/v1/stations?limit=x", 400), ("GET", "/v1/nothing", 404), ("GET", "/v1/stations/nobody", 404),
    ("PUT", "/v1/flags", 405), ("GET", "/v1/flags?f=exe", 406), ("GET", "/sta/v1.1", 200),
    ("GET", "/sta/v1.1/Things", 200),
    ("GET", "/sta/v1.1/Things?$filter=(", 400), ("GET", "/sta/v1.1/Nothing", 404), ("DELETE", "/sta/v1.1/Things", 405),
    ("GET", "/features", 307), ("GET", "/features/", 200), ("GET", "/features/nothing", 404),
    ("GET", "/openaq/v3/parameters", 200), ("GET", "/openaq/v3/nothing", 404), ("POST", "/in/no-token/x", 401),
    ("PUT", "/in/no-token/x", 405), ("GET", WU, 401), ("POST", "/v1/stations/nobody/obs", 401),
    ("POST", "/v1/stations", 400), ("POST", "/v1/claims", 400), ("DELETE", "/v1/stations/nobody", 401),
    ("GET", "/v1/stations/nobody/contact", 401), ("GET", "/v1/devices", 200), ("GET", "/catalog", None),
)  # fmt: skip
"""Method, path and status; None: whatever it is."""


@pytest.fixture(scope="module")
def fresh(fresh_database: Callable[[str], AbstractContextManager[str]]) -> Iterator[str]:
    """Make one database for all of these, which only look."""
    with fresh_database("every_answer") as url:
        yield url


@pytest.fixture(scope="module")
def house(fresh: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Open every door on an empty platform."""
    with opened(fresh, settings(tmp_path_factory.mktemp("house"), "open")) as client:
        yield client


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_it_is_no_script_no_frame_and_no_leak(house: httpx.Client, method: str, path: str, status: int | None) -> None:
    """What it is is not guessed at, nobody frames it (but embeds), it runs nothing of others, no address leaks."""
    answer = house.request(method, path)
    assert status in (None, answer.status_code), answer.text[:200]
    headers, embedded = answer.headers, path.startswith("/embed/")
    policy = {name: sources for name, *sources in map(str.split, headers["content-security-policy"].split(";"))}
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "max-age=31536000" in headers["strict-transport-security"]
    assert policy["frame-ancestors"] == (["*"] if embedded else ["'none'"])
    assert ("x-frame-options" in headers) is not embedded
    assert "'unsafe-inline'" not in headers["content-security-policy"]
    assert policy.get("default-src", ["'none'"])[0] in ("'self'", "'none'")
