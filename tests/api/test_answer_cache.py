"""The answers that are kept: how long, for whom, and what is never kept."""

import asyncio
import gzip
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.answer_cache import SIZE, AnswerCache
from api.headers import ConditionalRequests


@dataclass
class Source:
    """An application that counts its answers and says in each how many there were."""

    asked: int = 0
    status: int = 200
    clock: "Clock | None" = None
    takes_s: float = 0.0
    seen: list[dict[bytes, bytes]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer after a moment, as a database does."""
        self.asked += 1
        self.seen.append(dict(scope["headers"]))
        await asyncio.sleep(0.01)
        if self.clock:
            self.clock.now += self.takes_s
        await Response(f"answer {self.asked} " + "x" * 2000, self.status)(scope, receive, send)


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: float = 100.0

    def __call__(self) -> float:
        """Tell the time [s]."""
        return self.now


Answer = TypeVar("Answer")


def run_apart(ask: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """Run in a thread of its own: another test of this process may have left its event loop running in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(ask())).result()


@pytest.fixture
def source() -> Source:
    """Count what comes through."""
    return Source()


@pytest.fixture
def clock() -> Clock:
    """Start at 100 s."""
    return Clock()


@pytest.fixture
def caller(source: Source, clock: Clock) -> httpx.AsyncClient:
    """Ask the source through a cache of one second, two at most."""
    cache = AnswerCache(ConditionalRequests(source), paths=("/kept",), fresh_s=1, clock=clock)
    return httpx.AsyncClient(transport=httpx.ASGITransport(cache), base_url="http://here")


def test_a_hundred_callers_are_one_question(source: Source, caller: httpx.AsyncClient) -> None:
    """Who asks while the answer is made waits for it, and all get the same one."""

    async def ask() -> set[str]:
        return {answer.text for answer in await asyncio.gather(*(caller.get("/kept") for _ in range(100)))}

    assert len(run_apart(ask)) == 1
    assert source.asked == 1


@pytest.mark.parametrize(("age", "first", "asked"), [(0.9, "1", 1), (1.5, "1", 2), (2.5, "2", 2)])
def test_an_answer_grows_no_older_than_two_seconds(
    source: Source, caller: httpx.AsyncClient, clock: Clock, age: float, first: str, asked: int
) -> None:
    """A fresh answer is sent, an older one as well while it is renewed, and one too old is waited for."""

    async def ask() -> str:
        await caller.get("/kept")
        clock.now += age
        text = (await caller.get("/kept")).text
        await asyncio.sleep(0.05)
        return text

    assert run_apart(ask).split()[1] == first
    assert source.asked == asked


@pytest.mark.parametrize(("takes_s", "age", "asked"), [(0.3, 2.9, 1), (0.3, 3.1, 2), (2.0, 4.9, 1), (2.0, 5.1, 2)])
def test_what_takes_long_to_make_is_made_less_often(
    source: Source, caller: httpx.AsyncClient, clock: Clock, takes_s: float, age: float, asked: int
) -> None:
    """An answer is fresh for ten times as long as it took, and for five seconds at most."""
    source.clock, source.takes_s = clock, takes_s

    async def ask() -> None:
        await caller.get("/kept")
        clock.now += age - takes_s
        await caller.get("/kept")
        await asyncio.sleep(0.05)

    run_apart(ask)
    assert source.asked == asked


def test_age_says_how_old_it_is(caller: httpx.AsyncClient, clock: Clock) -> None:
    """The age counts whole seconds from when the answer was begun (RFC 9111 section 5.1), on a 304 too."""

    async def ask() -> list[str]:
        ages = [(await caller.get("/kept")).headers["age"]]
        clock.now += 1.5
        ages.append((await caller.get("/kept", headers={"If-None-Match": "*"})).headers["age"])
        return ages

    assert run_apart(ask) == ["0", "1"]


def test_each_query_encoding_and_type_has_its_own(source: Source, caller: httpx.AsyncClient) -> None:
    """Other query, Accept or encoding is another answer; other headers are not, and do not reach the source."""

    async def ask() -> None:
        for headers in ({}, {"Accept": "text/csv"}, {"Accept-Encoding": "identity"}, {"Origin": "https://a.example"}):
            await caller.get("/kept", headers=headers)
        await caller.get("/kept?a=1")

    run_apart(ask)
    assert source.asked == 4
    assert all(b"origin" not in headers and b"accept-encoding" not in headers for headers in source.seen)


def test_it_is_compressed_once_for_those_who_take_it(caller: httpx.AsyncClient) -> None:
    """A caller that takes gzip gets it; one that does not gets the plain bytes, with the length of each."""

    async def ask() -> tuple[httpx.Response, bytes, httpx.Response]:
        async with caller.stream("GET", "/kept", headers={"Accept-Encoding": "gzip"}) as small:
            raw = b"".join([part async for part in small.aiter_raw()])
        return small, raw, await caller.get("/kept", headers={"Accept-Encoding": "identity"})

    small, raw, plain = run_apart(ask)
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) == len(raw) < 200
    assert gzip.decompress(raw).startswith(b"answer 1 xxx")
    assert "content-encoding" not in plain.headers


def test_who_has_it_gets_a_304(source: Source, caller: httpx.AsyncClient) -> None:
    """The tag of the kept answer spares its body, and another tag does not."""

    async def ask() -> tuple[httpx.Response, httpx.Response]:
        tag = (await caller.get("/kept")).headers["etag"]
        known = await caller.get("/kept", headers={"If-None-Match": tag})
        return known, await caller.get("/kept", headers={"If-None-Match": 'W/"other"'})

    known, other = run_apart(ask)
    assert (known.status_code, known.content, "content-length" in known.headers) == (304, b"", False)
    assert other.status_code == 200
    assert source.asked == 1


def test_errors_and_other_paths_are_not_kept(source: Source, caller: httpx.AsyncClient) -> None:
    """Each error is asked anew, and so is each path that is not named."""
    source.status = 503

    async def ask() -> None:
        for path in ("/kept", "/kept", "/other", "/other"):
            await caller.get(path)

    run_apart(ask)
    assert source.asked == 4


def test_it_keeps_so_many_and_no_more(source: Source, caller: httpx.AsyncClient) -> None:
    """With one query more than there is room for, the first one is forgotten."""

    async def ask() -> None:
        for number in (*range(SIZE + 1), SIZE, 0):
            await caller.get(f"/kept?n={number}")

    run_apart(ask)
    assert source.asked == SIZE + 2


def test_the_map_is_kept(client: httpx.Client) -> None:
    """/v1/latest has one tag, compressed or not, and answers If-None-Match with a 304 that has all headers."""
    path = "/latest?observedProperty=pm2_5"
    tag = client.get(path).headers["etag"]

    assert client.get(path, headers={"Accept-Encoding": "identity"}).headers["etag"] == tag
    known = client.get(path, headers={"If-None-Match": tag})
    assert known.status_code == 304
    assert known.headers["api-version"]
    assert known.headers["access-control-allow-origin"] == "*"
