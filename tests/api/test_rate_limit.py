"""How much one address may ask."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.main import create_app
from api.rate_limit import RateLimit
from api.settings import ApiSettings
from tests import patient

Serve = Callable[[FastAPI], AbstractContextManager[str]]


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        """Tell the time [s]."""
        return self.now


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer anything."""
    await Response("ok")(scope, receive, send)


def ask(limit: RateLimit, path: str = "/v1/a", *, address: str = "192.0.2.1") -> httpx.Response:
    """Ask from an address."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(limit, client=(address, 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get(path)

    # in a thread: another test of this process may have left its event loop running in this one
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(asked())).result()


@pytest.fixture
def clock() -> Clock:
    """Start at 100 s."""
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> RateLimit:
    """Allow six requests a minute below /v1/."""
    return RateLimit(answer, per_minute=6, prefixes=("/v1/",), headers={"Api-Version": "1"}, clock=clock)


def test_the_headers_count_down(limit: RateLimit) -> None:
    """Each answer says the limit, what is left, and when the bucket is full again."""
    first, second = ask(limit), ask(limit)

    assert first.headers["ratelimit-policy"] == '"default";q=6;w=60'
    assert (first.headers["ratelimit"], second.headers["ratelimit"]) == ('"default";r=5;t=11', '"default";r=4;t=21')
    assert (second.headers["x-ratelimit-limit"], second.headers["x-ratelimit-remaining"]) == ("6", "4")


def test_who_asks_too_much_waits(limit: RateLimit, clock: Clock) -> None:
    """The seventh request of a minute is a 429 problem that says when to come back, and then there is one again."""
    assert [ask(limit).status_code for _ in range(6)] == [200] * 6

    refused = ask(limit)

    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert "More than 6 requests a minute" in refused.json()["detail"]
    assert refused.headers["retry-after"] == "11"
    assert refused.headers["api-version"] == "1"
    clock.now += 10
    assert [ask(limit).status_code for _ in range(2)] == [200, 429]


def test_addresses_are_counted_apart(limit: RateLimit) -> None:
    """Another address has its own bucket; two of one IPv6 network share theirs."""
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8:1:2::1", "2001:db8:1:3::1"):
        assert ask(limit, address=address).headers["x-ratelimit-remaining"] == "5"
    assert ask(limit, address="2001:db8:1:2::99").headers["x-ratelimit-remaining"] == "4"


@pytest.mark.parametrize(("one", "other"), [("2001:db8::1", "2001:db8::2"), ("2001:db8:0:0:9:8:7:6", "2001:db8::1")])
def test_zeros_that_are_left_out_hide_no_network(limit: RateLimit, one: str, other: str) -> None:
    """Two addresses of one network share its bucket, however its zeros are written."""
    assert [ask(limit, address=each).headers["x-ratelimit-remaining"] for each in (one, other)] == ["5", "4"]


def test_addresses_of_ipv4_on_a_socket_for_both_are_apart(limit: RateLimit) -> None:
    """Two of them, as such a socket names them, have a bucket each; one is the same by either name."""
    for address in ("::ffff:192.0.2.1", "::ffff:192.0.2.2"):
        assert ask(limit, address=address).headers["x-ratelimit-remaining"] == "5"
    assert ask(limit, address="192.0.2.2").headers["x-ratelimit-remaining"] == "4"


def test_the_page_is_not_counted(limit: RateLimit) -> None:
    """Paths beside the prefixes carry no count and are never refused."""
    answers = [ask(limit, "/") for _ in range(10)]

    assert {one.status_code for one in answers} == {200}
    assert "ratelimit" not in answers[0].headers


def test_the_application_has_the_limit_of_its_settings(database_url: str, serve: Serve) -> None:
    """requests_per_minute is the limit of /v1 and the catalogue together, kept answers included."""
    app = create_app(ApiSettings(database_url=SecretStr(database_url), requests_per_minute=2))
    with serve(app) as url:
        answers = [patient.get(f"{url}/v1/latest?observedProperty=pm2_5") for _ in range(3)]

        catalogue = patient.get(f"{url}/catalog")

    assert [one.status_code for one in (*answers, catalogue)] == [200, 200, 429, 429]
    assert answers[1].headers["x-ratelimit-remaining"] == "0"
    assert answers[2].headers["api-version"]
