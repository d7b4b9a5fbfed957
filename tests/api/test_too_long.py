"""A question that the database ends, for it runs longer than the public may ask: a real one, that waits for a lock."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from psycopg.conninfo import make_conninfo

from storage.connection import open_pool

from .conftest import PATIENCE, World, serving

LIMIT = "-c statement_timeout=100ms"  # the application's own is 10 s: a test does not wait that long


@pytest.fixture
def hurried(app: FastAPI, database_url: str, world: World) -> Iterator[httpx.Client]:
    """Ask an application whose statements may run for a tenth of a second, while all hours are locked."""
    world.station("gooi-01")
    world.series("gooi-01")
    world.area("GM0402", (5.10, 52.20, 5.25, 52.30))
    world.conn.commit()
    url = make_conninfo(database_url, options=LIMIT)
    with serving(app) as address, open_pool(url, size=2) as pool:
        app.state.pool = app.state.v1.state.pool = pool
        world.conn.execute("LOCK TABLE hour IN ACCESS EXCLUSIVE MODE")
        with httpx.Client(base_url=address, timeout=PATIENCE) as client:
            yield client
        world.conn.rollback()


def test_a_program_is_told_to_ask_for_less(hurried: httpx.Client) -> None:
    """The answer is a 503 that does not say that the database is away, for it is there."""
    answer = hurried.get("/v1/areas/GM0402/statistics?observedProperty=pm2_5")

    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("This question took over 10 s and was ended. Ask for less at once")


def test_a_reader_is_offered_a_shorter_time(hurried: httpx.Client) -> None:
    """The page of an area with too many hours leads to its last week; another page says that it has no data now."""
    area = hurried.get("/areas/GM0402?days=90&lang=nl")
    other = hurried.get("/stations/gooi-01?lang=en")

    assert (area.status_code, other.status_code) == (503, 503)
    assert 'href="/areas/GM0402?days=7&amp;lang=nl"' in area.text
    assert "No data for a moment" in other.text


def test_a_frame_says_so_in_the_frame(hurried: httpx.Client) -> None:
    """What stands in the place of a framed page may be framed too: a browser would show its own error instead."""
    answer = hurried.get("/embed/area/GM0402?lang=en")

    assert answer.status_code == 503
    assert "No data for a moment" in answer.text
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    assert "<nav" not in answer.text


def test_the_head_of_an_export_asks_nothing_of_the_hours(hurried: httpx.Client) -> None:
    """HEAD says what kind of file it would be, without reading a year of hours to throw them away."""
    head = hurried.head("/v1/exports/hours?municipality=Hilversum&begin=2026-01-01T00:00:00Z")  # GET would wait

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-disposition"].endswith('_full.csv"')
