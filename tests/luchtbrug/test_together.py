"""`luchtbrug serve`: everything as child processes of one parent."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from luchtbrug.commands.together import figures_port, workers
from luchtbrug.services import free_port
from luchtbrug.settings import Settings

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]


def children(parent: int) -> dict[int, str]:
    """Give the commands of a process's children, from the kernel's own list."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
            command = status.with_name("cmdline").read_text().replace("\0", " ")
        except OSError:  # it ended while we looked
            continue
        if int(fields[1]) == parent:
            found[int(status.parent.name)] = command.split("luchtbrug ", 1)[-1].strip()
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="lists processes by /proc, which this system lacks")
def test_serve_runs_all_services_and_takes_them_along(database_url: str, tmp_path: Path) -> None:
    """The page answers, the nightly files have their service, and after SIGTERM nobody is left."""
    settings = {
        "LUCHTBRUG_DATABASE_URL": database_url,
        "LUCHTBRUG_DATA_DIR": str(tmp_path),
        "LUCHTBRUG_API_PORT": str(free_port(0)),
        "LUCHTBRUG_MQTT_PORT": str(free_port(0)),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "luchtbrug", "serve"],
        env={**os.environ, **settings, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tmp_path,
    ) as process:
        try:
            assert process.stdout is not None
            page = process.stdout.readline().split("serves ")[1].split()[0]
            services = children(process.pid)
            health = httpx.get(f"{page}v1/health", timeout=20).json()
        finally:
            process.terminate()
    assert health["status"] == "empty"
    assert set(services.values()) == {
        "broker", "ingest", "calibrate", "home", "alerts", "retention --nightly", "lake --nightly", "api",
    }  # fmt: skip
    assert process.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in services)


def test_the_nightly_files_may_be_left_to_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the setting off serve runs everything but lake."""
    monkeypatch.chdir(tmp_path)  # no .env of the checkout is read
    names = [
        [command[0] for command in workers(Settings.read().model_copy(update={"lake_nightly": on}))]
        for on in (True, False)
    ]

    always = ["ingest", "calibrate", "home", "alerts", "retention"]
    assert names == [[*always, "lake"], always]


def test_services_on_one_machine_have_a_port_each_for_their_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one port for all, the second service could not have it and `serve` would end; without any none has one."""
    monkeypatch.chdir(tmp_path)
    settings = Settings.read(metrics_port=9464)
    ports = {name: figures_port(settings, name) for name, *_ in workers(settings)}
    assert {name: port for name, port in ports.items() if port} == {
        "ingest": "9464", "calibrate": "9465", "retention": "9466",
    }  # fmt: skip
    assert figures_port(Settings.read(), "ingest") is None
