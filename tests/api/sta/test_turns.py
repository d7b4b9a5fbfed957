"""Many questions at once wait for one another, and none outlives whoever asked it."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from time import monotonic, sleep
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings
from storage.connection import connect
from tests import patient

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def url(database_url: str, serve: Callable[[FastAPI], AbstractContextManager[str]]) -> Iterator[str]:
    """Serve with two connections, which are waited for hardly at all."""
    settings = ApiSettings(database_url=SecretStr(database_url), pool_size=2, pool_timeout=0.2)
    with serve(create_app(settings)) as url:
        yield url


@pytest.fixture
def lock(database_url: str) -> Iterator[psycopg.Connection]:
    """Hold back whoever reads the stations until the connection is rolled back."""
    with connect(database_url) as conn:
        conn.execute("LOCK TABLE station")
        yield conn


def held_back(conn: psycopg.Connection, number: int) -> bool:
    """Wait until so many questions are held back by a lock; False after 5 s."""
    until = monotonic() + 5
    while monotonic() < until:
        if conn.execute(WAITING).fetchall() == [(number,)]:
            return True
        sleep(0.02)
    return False


def test_who_finds_all_turns_taken_waits(url: str, lock: psycopg.Connection) -> None:
    """Ten questions are held back longer than a connection is waited for; all get 200, and /v1 goes on answering."""
    with ThreadPoolExecutor(10) as threads:
        asked = [threads.submit(httpx.get, f"{url}/sta/v1.1/Things?$top={number}") for number in range(1, 11)]
        assert held_back(lock, 1)
        sleep(0.5)
        other = patient.get(f"{url}/v1/calibrations/none")
        lock.rollback()
        assert other.status_code == 404
        assert {each.result().status_code for each in asked} == {200}


def test_who_goes_away_ends_the_question(url: str, lock: psycopg.Connection) -> None:
    """A connection that is closed before the answer leaves no question behind in the database."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port)) as caller:
        caller.sendall(b"GET /sta/v1.1/Things?$expand=Datastreams HTTP/1.1\r\nHost: x\r\n\r\n")
        assert held_back(lock, 1)
    assert held_back(lock, 0)
