"""Connections of the pool: lent for a question, which ends when whoever asked it goes away."""

import socket
from collections.abc import Iterator
from time import monotonic, sleep
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from storage.connection import connect

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def locked(database_url: str) -> Iterator[psycopg.Connection]:
    """Hold back whoever reads the stations until the connection is rolled back."""
    with connect(database_url) as conn:
        conn.execute("LOCK TABLE station")
        yield conn


def waiting(conn: psycopg.Connection, number: int) -> bool:
    """Wait until so many questions are held back by a lock; False after 5 s."""
    until = monotonic() + 5
    while monotonic() < until:
        if conn.execute(WAITING).fetchall() == [(number,)]:
            return True
        sleep(0.02)
    return False


@pytest.mark.parametrize("path", ["/v1/stations", "/sta/v1.1/Things?$top=1000&$expand=Datastreams"])
def test_who_goes_away_ends_the_query(path: str, own_client: httpx.Client, locked: psycopg.Connection) -> None:
    """A connection that is closed before the answer leaves no question behind in the database."""
    place = urlsplit(str(own_client.base_url))
    with socket.create_connection((place.hostname, place.port)) as caller:
        caller.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert waiting(locked, 1)
    assert waiting(locked, 0)
    locked.rollback()
    assert own_client.get("/stations").status_code == 200
