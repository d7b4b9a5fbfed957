"""OpenAQ's own client reads us: over TLS, in a process of its own, with nothing but another base URL."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings

PROGRAM = Path(__file__).parent / "programs" / "sdk.py"


@pytest.fixture(scope="module")
def found(
    gooi_url: str,
    gooi: dict[str, int],
    serve: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Any]]:
    """Give what the client read; skip where it is not installed, except in CI."""
    if importlib.util.find_spec("openaq") is None or importlib.util.find_spec("trustme") is None:
        assert os.environ.get("CI") != "true", "openaq or trustme is missing: install the extra `clients`"
        pytest.skip("openaq or trustme is not installed: they are in the extra `clients`")
    import trustme

    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    own = authority.issue_cert("127.0.0.1")
    own.private_key_and_cert_chain_pem.write_to_path(str(folder / "own.pem"))
    app: FastAPI = create_app(ApiSettings(database_url=SecretStr(gooi_url)))
    with serve(app, certificate=folder / "own.pem") as url:
        environment = {**os.environ, "SSL_CERT_FILE": str(folder / "ca.pem"), "HOME": str(folder)}
        command = [sys.executable, str(PROGRAM), f"{url}/openaq/v3/", str(gooi["gooi-01"])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)


def test_it_finds_stations_as_locations(found: dict[str, Any]) -> None:
    """Places, ids and filters lead to stations; nobody is a monitor, nobody stands in Belgium."""
    assert found["names"] == ["Dak <b>aan de Gijsbrecht</b>", "gooi-02"]
    assert (found["monitors"], found["abroad"]) == (0, 0)
    assert found["location"] == ["Dak <b>aan de Gijsbrecht</b>", "NL", False, 52.22]
    assert found["distances"] == [True, True], "there is one where a place was asked about, and only there"
    assert found["first"] == "2026-05-17T09:00:00Z"
    assert found["sensors"] == [["pm25", "µg/m³"], ["no2", "ppm"]]
    assert found["sensor"] == "PM2.5"
    assert found["of_location"] == [True, False]


def test_it_reads_calibrated_measurements(found: dict[str, Any]) -> None:
    """Readings, hours, days and months are the calibrated values, with their coverage; ppb become ppm."""
    assert found["latest"] == [[11.5, True], [0.01, False]]
    assert found["latest_pm25"] == 2
    assert found["readings"] == [5, ">5", 11.5]
    assert found["hours"] == [[10, f"2026-05-17T{hour:02}:00:00Z", 100] for hour in (9, 10, 11)]
    assert found["days"] == [[10, 10, 24]]
    assert found["monthly"] == [["1month", "2026-05-01T00:00:00Z", 10]]
    assert found["clock"] == 3


def test_it_reads_the_vocabulary(found: dict[str, Any]) -> None:
    """Parameters have OpenAQ's names and ids, and everything that it lists is there."""
    assert found["parameters"] == ["pm25", "no2"]
    assert found["parameter"] == "pm25"
    assert (found["country"], found["provider"], found["owner"], found["license"]) == ("NL", "Polygon", 1, True)
    assert (found["instrument"], found["manufacturer"], found["made"]) == ("SPS30", "SPS30", False)


def test_it_is_told_what_it_may_ask(found: dict[str, Any]) -> None:
    """The headers that its client waits for are there, so it does not sleep after each call."""
    assert found["limit"] is True
