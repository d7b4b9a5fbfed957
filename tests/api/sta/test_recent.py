"""Kept answers: made once for all who ask at the same time or soon after, never a bad one, never another's."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from time import sleep

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from api.headers import ConditionalRequests
from api.sta.recent import ANSWER_MAX, RecentAnswers
from tests import patient

Serve = Callable[[FastAPI], AbstractContextManager[str]]


class Clock:
    """Stands still until it is moved [s]."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Make a clock that stands still."""
    return Clock()


@pytest.fixture
def asked(clock: Clock, serve: Serve) -> Iterator[httpx.Client]:
    """Serve an application that counts how often it is asked."""
    app = FastAPI()
    calls: list[str] = []

    def answer(path: str, request: Request) -> Response:
        calls.append(path)
        sleep(0.05)
        if path == "large":
            return Response(b"x" * (ANSWER_MAX + 1))
        return Response(f"{request.url} {len(calls)}", status_code=500 if path == "bad" else 200)

    app.add_api_route("/{path}", answer)
    app.add_middleware(ConditionalRequests)
    app.add_middleware(RecentAnswers, seconds=20, clock=clock)
    with serve(app) as url, patient.Client(base_url=url) as client:
        yield client


def number(answer: httpx.Response) -> int:
    """Return how many questions had reached the application."""
    return int(answer.text.rsplit(" ", 1)[1])


def test_the_same_question_is_answered_once_until_the_answer_is_old(asked: httpx.Client, clock: Clock) -> None:
    """An answer is given again with its age, and made anew after 20 s."""
    assert number(asked.get("/a")) == 1
    clock.now += 19
    again = asked.get("/a")
    assert (number(again), again.headers["age"]) == (1, "19")
    clock.now += 1
    assert number(asked.get("/a")) == 2


def test_those_who_ask_at_the_same_time_share_one_answer(asked: httpx.Client) -> None:
    """Twenty clients cost one answer."""
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: asked.get("/b"), range(20)))
    assert {number(answer) for answer in answers} == {1}


def test_other_options_and_other_names_for_us_have_answers_of_their_own(asked: httpx.Client) -> None:
    """Query and host are part of the question, for links hold both."""
    assert number(asked.get("/c")) == 1
    assert number(asked.get("/c?x=1")) == 2
    assert number(asked.get("/c", headers={"Host": "example.org"})) == 3


def test_bad_and_very_large_answers_are_not_kept(asked: httpx.Client) -> None:
    """An error is asked for again; an answer over 4 MiB arrives whole."""
    assert [number(asked.get("/bad")) for _ in range(2)] == [1, 2]
    assert len(asked.get("/large").content) == ANSWER_MAX + 1
    assert "age" not in asked.get("/large").headers


def test_who_has_a_kept_answer_gets_304(asked: httpx.Client) -> None:
    """If-None-Match with the tag of a kept answer is 304 without asking."""
    tag = asked.get("/d").headers["etag"]
    for held in (tag, f'"another", {tag}', "*"):
        known = asked.get("/d", headers={"If-None-Match": held})
        assert (known.status_code, known.content, known.headers["age"]) == (304, b"", "0")
        assert "content-type" not in known.headers
