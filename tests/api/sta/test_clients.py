"""Programs that scientists use read the service; each runs in a process of its own, as a user runs it."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path(__file__).parent / "programs"


def need(module: str) -> None:
    """Skip where a client is not installed, except in CI."""
    if importlib.util.find_spec(module) is None:
        assert os.environ.get("CI") != "true", f"{module} is missing: install the extra `clients`"
        pytest.skip(f"{module} is not installed: it is in the extra `clients`")


def run(program: str, needs: str, *arguments: str) -> Any:
    """Run a program and return what it printed."""
    need(needs)
    command = [sys.executable, str(PROGRAMS / program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_client_of_frost_reads_us(sta_url: str) -> None:
    """Fraunhofer's client filters, expands, finds, counts and follows the pages to the end."""
    found = run("frost.py", "frost_sta_client", sta_url, "3")
    assert found["things"] == ["LUB_gooi_01", "LUB_gooi_02"]
    assert found["coordinates"] == [[[5.18, 52.22]], [[5.2, 52.25]]]
    assert found["datastreams"] == [6, 4]
    assert (found["unit"], found["sensor"]) == ("ug/m3", "SPS30")
    assert (found["count"], found["results"]) == (3, [10, 10, 10])
    assert {"pm25_kal", "pm10_kal"} <= set(found["properties"])


def test_the_client_of_istsos_reads_us(sta_url: str) -> None:
    """istSOS's client, with $top as the size of a page, gets every hour once."""
    assert run("istsos.py", "istsos4_client", sta_url, "3") == {
        "things": ["LUB_gooi_01"],
        "datastream": "LUB_gooi_01-1-pm25_kal",
        "results": [10, 10, 10],
    }


def test_the_client_of_staplus_reads_licence_and_party(sta_url: str) -> None:
    """Secure Dimensions' STAplus client finds under which licence, and from whom, a Datastream comes."""
    found = run("staplus.py", "staplus_client", sta_url)
    assert found["parties"] == ["luchtbrug"]
    assert found["licenses"] == ["https://creativecommons.org/publicdomain/zero/1.0/"]
    assert "LUB_gooi_01-1-pm25_kal" in found["datastreams"]
