"""A caller who hangs up leaves no query behind."""

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic, sleep
from urllib.parse import urlsplit

import httpx
import psycopg
from fastapi import FastAPI

from api.database import Database

ACTIVE = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state = 'active' AND query = 'SELECT pg_sleep(9)'
"""


def count_active(url: str) -> int:
    """Count the slow queries that run."""
    with psycopg.connect(url) as conn:
        row = conn.execute(ACTIVE).fetchone()
    return int(row[0]) if row else 0


def becomes(url: str, number: int, *, seconds: float) -> bool:
    """Wait until so many slow queries run; tell whether that came to be."""
    deadline = monotonic() + seconds
    while (reached := count_active(url) == number) is False and monotonic() < deadline:
        sleep(0.05)
    return reached


def test_the_query_ends_with_its_caller(
    app: FastAPI, database_url: str, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """A question that takes 9 s is gone soon after its caller, and its connection serves the next one."""

    @app.state.v1.get("/slow")  # type: ignore[untyped-decorator]
    def slow(conn: Database) -> None:
        conn.execute("SELECT pg_sleep(9)")

    with serve(app) as url:
        with socket.create_connection((urlsplit(url).hostname or "", urlsplit(url).port or 0)) as caller:
            caller.sendall(b"GET /v1/slow HTTP/1.1\r\nhost: here\r\n\r\n")
            began = becomes(database_url, 1, seconds=8)
        ended = becomes(database_url, 0, seconds=4)
        after = httpx.get(f"{url}/v1/health", timeout=20)

    assert (began, ended) == (True, True)
    assert after.status_code == 200
