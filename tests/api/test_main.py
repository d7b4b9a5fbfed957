"""The application as a whole: its life, its settings, its addresses."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from pydantic import SecretStr, ValidationError

from api.database import read_only
from api.main import create_app
from api.settings import ApiSettings
from storage.connection import connect
from storage.migrate import migrate
from storage.rows import NewStation
from storage.stations import add_station
from tests import patient

Serve = Callable[[FastAPI], AbstractContextManager[str]]


def test_the_pool_lives_as_long_as_the_application(database_url: str, app: FastAPI, serve: Serve) -> None:
    """While it runs the application has a pool; when it ends every connection is given back."""
    count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(database_url, autocommit=True) as conn:
        with serve(app) as url:
            assert patient.get(f"{url}/v1/health").status_code == 200
            assert app.state.pool is app.state.v1.state.pool
            assert conn.execute(count).fetchone() != (0,)
        assert app.state.pool.closed
        while conn.execute(count).fetchone() != (0,):  # the server takes a moment to see them go
            pass


def test_the_api_cannot_write(database_url: str) -> None:
    """A session of the API refuses to write, whatever a query may be made to say."""
    with (
        psycopg.connect(read_only(database_url)) as conn,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        conn.execute("DELETE FROM reading")


def test_a_configured_base_stands_before_every_link(database_url: str, serve: Serve) -> None:
    """With a base URL links and the document's server are absolute, below it."""
    settings = ApiSettings(database_url=SecretStr(database_url), base_url="https://lucht.example")
    with serve(create_app(settings)) as url:
        links = patient.get(f"{url}/v1/stations?limit=1").json()["links"]
        document = patient.get(f"{url}/v1/openapi.json").json()

    assert links == [{"rel": "self", "href": "https://lucht.example/v1/stations?limit=1"}]
    assert document["servers"] == [{"url": "https://lucht.example/v1"}]


def test_the_root_of_the_api_leads_to_its_document(client: httpx.Client) -> None:
    """/v1 itself is a redirect to the document, with the headers of the API."""
    answer = client.get(str(client.base_url).rstrip("/"))

    assert (answer.status_code, answer.headers["location"]) == (307, "/v1/openapi.json")
    assert answer.headers["api-version"]


def test_a_host_header_changes_no_link(client: httpx.Client) -> None:
    """Links are relative to the host, so a false Host header cannot lead anybody away."""
    answer = client.get("/stations?limit=1", headers={"Host": "evil.example"})

    assert "evil" not in answer.text
    assert "evil" not in answer.headers["link"]


def test_settings_hide_the_address_of_the_database() -> None:
    """A printed settings object shows no password, and an unknown setting is refused by name."""
    settings = ApiSettings(database_url=SecretStr("postgresql://u:swordfish@h/d"))

    assert "swordfish" not in repr(settings)
    with pytest.raises(ValidationError, match="databaze_url"):
        ApiSettings.model_validate({"database_url": "x", "databaze_url": "y"})


def test_answers_come_from_the_replica_and_nothing_else_does(
    database_url: str, empty_database_url: str, serve: Serve
) -> None:
    """With a database to read from, what stands in the other one is not seen."""
    for url, name in ((database_url, "written-1"), (empty_database_url, "read-1")):
        with connect(url) as conn:
            migrate(conn)
            add_station(conn, NewStation(name, 52.2, 5.1, 52.2, 5.1, "hash", f"token of {name}"))
            conn.commit()
    settings = ApiSettings(database_url=SecretStr(database_url), read_database_url=SecretStr(empty_database_url))
    with serve(create_app(settings)) as url:
        items = patient.get(f"{url}/v1/stations").json()["items"]
        assert [one["stationId"] for one in items] == ["read-1"]
        assert patient.get(f"{url}/v1/stations/written-1").status_code == 404
