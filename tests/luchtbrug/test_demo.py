"""The main job as `luchtbrug demo` runs it, small: real broker, real database, real API, simulated stations."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psycopg
import pytest

from luchtbrug.demo.city import prepare
from luchtbrug.services import free_port
from luchtbrug.settings import Settings

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
STATIONS = 6
BESIDE = {
    "LUCHTBRUG_READ_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "LUCHTBRUG_MQTT_ADMIN_URL": "mqtt://nobody@127.0.0.1:1",
    "LUCHTBRUG_REFERENCE_NETWORK": "csv",
    "LUCHTBRUG_REFERENCE_CSV": "/nowhere",
}
"""What is configured for a platform that is not this demo's."""
TUTORIALS = {
    "hobbyist": (
        "is registered",
        '"ok"|ok',
        "not_calibrated|calibration_prior",
        "value_not_a_number|quarantin|refused",
    ),
    "municipality": ("value", '"terms"', "BU9999", "scores|items"),
    "researcher": ("sim-001", "begin", "coefficients", "revision"),
}
"""What a reader must see on the way, as patterns."""


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start a demo that keeps its data in `folder`, beside a platform that it leaves alone."""
    command = [sys.executable, "-m", "luchtbrug", "demo", "--stations", str(STATIONS), "--port", str(free_port(0))]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LUCHTBRUG_DATA_DIR": str(folder), **BESIDE}
    return subprocess.Popen(
        [*command, *options], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder
    )


def finish(process: subprocess.Popen[str]) -> tuple[dict[str, Any], str]:
    """Wait for its end; the summary, and what it said on the way."""
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1]), err


def follow(name: str, url: str, folder: Path) -> str:
    """Type every line of a tutorial into one shell, with the address and folder of this demo; return what it said."""
    text = (ROOT / "docs" / "tutorials" / f"{name}.md").read_text()
    program = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    for shown, here in (
        (".luchtbrug/demo-1", str(folder / "demo-1")),
        (".venv/bin/luchtbrug", f"{sys.executable} -m luchtbrug"),
        ("http://127.0.0.1:8000/", url),
    ):
        program = program.replace(shown, here)
    shell = 'set -e; curl() { command curl --fail "$@"; }\n' + program
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", shell], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{name}: {done.stdout[-500:]} {done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Keep the data of both runs; not below tmp_path, which each start of pytest closes to the database's user."""
    with TemporaryDirectory(prefix="luchtbrug-demo-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture(scope="module")
def first(folder: Path) -> dict[str, Any]:
    """Run it for the first time, with five weeks of history."""
    return finish(start(folder, "--seconds", "7", "--json"))[0]


def test_the_balance_holds(first: dict[str, Any]) -> None:
    """Everything acknowledged is stored once, and validated values are closer to the truth than raw ones."""
    assert first["lost"] == first["duplicates"] == 0
    assert first["messages"] > 0  # how many in seven seconds, is the machine's
    assert first["readings_stored"] >= 3 * first["messages"]
    assert first["history_readings"] > 100_000
    assert first["calibrated_stations"] >= STATIONS - 1
    assert first["rmse_validated"] < 0.75 * first["rmse_raw"]


def test_a_second_start_goes_on(first: dict[str, Any], folder: Path) -> None:
    """The second run catches up the pause alone, serves while it runs, and ends cleanly at Ctrl-C."""
    process = start(folder, "--json")
    assert process.stderr is not None
    url = ""
    for line in process.stderr:
        if "The page: " in line:
            url = line.split("The page: ")[1].split()[0]
            break
    latest = httpx.get(f"{url}v1/latest?observedProperty=pm2_5", timeout=20).json()
    page = httpx.get(url, timeout=20).text
    try:
        said = {name: follow(name, url, folder) for name in TUTORIALS}  # stations send every 5 s, this takes longer
    finally:
        process.send_signal(signal.SIGINT)
        summary, _ = finish(process)
    for name, patterns in TUTORIALS.items():
        for pattern in patterns:
            assert re.search(pattern, said[name]), f"{name}: {pattern!r} is not in {said[name][-2000:]}"
    assert len(latest["features"]) == STATIONS
    assert "sim-001" in page
    assert summary["history_readings"] < 0.05 * first["history_readings"]
    assert summary["lost"] == summary["duplicates"] == 0
    assert summary["messages"] > 0


def test_a_demo_that_was_killed_while_it_registered_goes_on(connection: psycopg.Connection, tmp_path: Path) -> None:
    """A password whose station was never committed lets nobody in: both are made anew, and what is there stays."""
    settings = Settings.read(data_dir=tmp_path)
    (tmp_path / "credentials.json").write_text('{"sim-001": "of a station that is not there"}')
    now = datetime.now(UTC)
    first = prepare(connection, settings, stations=4, seed=1, now=now)
    assert "sim-001" in {one.station_id for one in first.new}
    kept = json.loads(first.credentials.read_text())
    assert prepare(connection, settings, stations=4, seed=1, now=now).new == []
    assert (json.loads(first.credentials.read_text()), kept["sim-001"] != "of a station that is not there") == (
        kept,
        True,
    )
