"""Health: database and readings."""

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
from fastapi import FastAPI

from api.database import request_time

if TYPE_CHECKING:
    from tests.api.conftest import World


def test_an_empty_platform_is_empty(own_client: httpx.Client) -> None:
    """Before the first reading the answer is 200, and says so; it is never cached."""
    answer = own_client.get("/health")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "empty",
        "database": "ok",
        "newestReading": None,
        "newestHour": None,
        "version": answer.headers["api-version"],
    }
    assert answer.headers["cache-control"] == "no-store"


def test_readings_make_it_ok_and_their_absence_stale(world: "World", app: FastAPI, own_client: httpx.Client) -> None:
    """With a reading of exactly one hour ago it is ok, one second later it is stale."""
    now = app.state.v1.dependency_overrides[request_time]()
    world.station("gooi-01")
    world.readings(world.series("gooi-01"), [now - timedelta(hours=1)])
    world.conn.commit()

    body = own_client.get("/health").json()
    assert (body["status"], body["newestReading"], body["newestHour"]) == ("ok", "2026-05-17T11:00:00Z", None)

    app.state.v1.dependency_overrides[request_time] = lambda: now + timedelta(seconds=1)
    assert own_client.get("/health").json()["status"] == "stale"
