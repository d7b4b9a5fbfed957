"""Health: database and readings."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from api.database import request_time
from api.main import create_app
from api.settings import ApiSettings
from tests import patient

if TYPE_CHECKING:
    from tests.api.conftest import World

Serve = Callable[[FastAPI], AbstractContextManager[str]]


def test_an_empty_platform_is_empty(own_client: httpx.Client) -> None:
    """Before the first reading the answer is 200, and says so; it is never cached."""
    answer = own_client.get("/health")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "empty",
        "database": "ok",
        "newestReading": None,
        "newestHour": None,
        "validatedUntil": None,
        "lagSeconds": None,
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
    assert body["lagSeconds"] == 3600
    assert (body["status"], body["newestReading"], body["newestHour"]) == ("ok", "2026-05-17T11:00:00Z", None)

    app.state.v1.dependency_overrides[request_time] = lambda: now + timedelta(seconds=1)
    assert own_client.get("/health").json()["status"] == "stale"


def test_life_is_told_without_a_database(serve: Serve) -> None:
    """While the database is away the process says that it lives, and that it cannot answer."""
    away = SecretStr("postgresql://127.0.0.1:1/none?connect_timeout=1")
    with serve(create_app(ApiSettings(database_url=away, pool_timeout=0.2))) as url:
        assert patient.get(f"{url}/v1/health/live").json()["status"] == "ok"
        assert httpx.get(f"{url}/v1/health", timeout=20).status_code == 503


def test_hours_are_told_up_to_the_end_of_the_newest_validated_one(world: "World", own_client: httpx.Client) -> None:
    """An hour that nobody has validated yet does not count."""
    world.station("gooi-01")
    key = world.series("gooi-01")
    begin = datetime(2026, 5, 17, 8, tzinfo=UTC)
    world.readings(key, [begin + timedelta(hours=hour, minutes=30) for hour in range(2)])
    world.hours(key, begin, 2, value=10.0, calibration_key=world.calibration(key, "c0ffee"))
    world.conn.execute("UPDATE hour SET published_at = NULL WHERE begin > %s", [begin])
    world.conn.commit()

    body = own_client.get("/health").json()
    assert (body["newestHour"], body["validatedUntil"]) == ("2026-05-17T09:00:00Z", "2026-05-17T09:00:00Z")
