"""`luchtbrug demo`: database, history, services, simulated stations, and at the end the balance."""

import json
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

import storage.readings
from firmware_sim.stations import SimStation
from luchtbrug.commands.together import FOREVER, Platform, start_all
from luchtbrug.database import open_database
from luchtbrug.demo.city import City, prepare, store_reference_hours
from luchtbrug.demo.history import LENGTH, fast_forward
from luchtbrug.demo.summary import Summary, count_since, summarise
from luchtbrug.services import Service, running, stop_signals, watch
from luchtbrug.settings import Settings
from storage.connection import connect

LIVE_INTERVAL_S = 5.0
"""Live stations send this often [s]: often enough to watch."""

_DRAIN_S, _QUIET_S = 30.0, 3.0


def run_demo(settings: Settings, *, stations: int, seconds: float | None, seed: int, as_json: bool) -> None:
    """Run the main job until Ctrl-C or for `seconds`, and print the balance.

    The demo keeps to its own folder and never touches a configured database or broker.
    """
    folder = settings.data_dir / f"demo-{seed}"
    settings = settings.model_copy(
        update={"data_dir": folder, "database_url": None, "mqtt_url": None, "lake_nightly": False, "metrics_port": None}
    )
    with ExitStack() as stack:
        stopping = stack.enter_context(stop_signals())
        _say("Starting the embedded database ...", as_json)
        url = stack.enter_context(open_database(settings))
        with connect(url) as conn:
            now = datetime.now(UTC)
            last = storage.readings.last_time(conn)
            city = prepare(conn, settings, stations=stations, seed=seed, now=now)
        history = _catch_up(url, city, settings, last, now, stopping)
        if not stopping.is_set():
            summary = _live(settings, url, city, history, stopping, seconds=seconds, seed=seed, as_json=as_json)
            typer.echo(summary.sentence(), err=as_json)
            if as_json:
                typer.echo(json.dumps(asdict(summary)))


def _catch_up(
    url: str, city: City, settings: Settings, last: datetime | None, now: datetime, stopping: threading.Event
) -> int:
    """Send the past that is missing: five weeks for new stations, the pause since the last run for the others."""
    oldest = (now - LENGTH).replace(minute=0, second=0, microsecond=0)
    known = [station for station in city.stations if station not in city.new]
    spans: list[tuple[list[SimStation], datetime]] = [(city.new, oldest)]
    if last is not None and known:
        spans.append((known, max(last, oldest)))
    stored = 0
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        for stations, begin in spans:
            if not stations:
                continue
            task = bar.add_task(f"History of {len(stations)} stations since {begin:%d %B}", total=1.0)
            outcome = fast_forward(
                url,
                city,
                stations,
                begin=begin,
                end=now,
                window=timedelta(weeks=settings.window_weeks),
                progress=lambda share, task=task: bar.update(task, completed=share),  # type: ignore[misc]
                stopping=stopping,
            )
            stored += outcome.readings_stored
    return stored


def _live(
    settings: Settings,
    url: str,
    city: City,
    history: int,
    stopping: threading.Event,
    *,
    seconds: float | None,
    seed: int,
    as_json: bool,
) -> Summary:
    log_dir, ledger = settings.data_dir / "logs", settings.data_dir / "ledger.jsonl"
    with ExitStack() as stack:
        platform = start_all(stack, settings, url, log_dir=log_dir, more=_of_its_own(settings, url))
        begin = datetime.now(UTC).replace(microsecond=0)  # receipt is kept to the second
        command = _simulator(city, f"mqtt://{platform.mqtt_host}:{platform.mqtt_port}", ledger, seed)
        with running("stations", command, env={}, log_dir=log_dir) as simulator:
            _say(_welcome(platform, settings.data_dir, len(city.stations)), as_json)
            _watch([*platform.services, simulator], url, city, stopping, seconds=seconds or FOREVER)
        end = datetime.now(UTC)
        _drain(url, begin)
    with connect(url) as conn:
        return summarise(
            conn,
            city,
            ledger,
            begin=begin,
            end=end,
            interval_s=LIVE_INTERVAL_S,
            history_readings=history,
            url=platform.page,
        )


def _of_its_own(settings: Settings, url: str) -> dict[str, str | None]:
    """Keep the services of the demo from what is configured for a platform beside it."""
    return {
        "LUCHTBRUG_READ_DATABASE_URL": url,
        "LUCHTBRUG_LAKE_URL": str(settings.data_dir / "lake"),
        "LUCHTBRUG_REFERENCE_NETWORK": "none",
        **dict.fromkeys(("LUCHTBRUG_WEATHER_CSV", "LUCHTBRUG_MQTT_ADMIN_URL", "LUCHTBRUG_SMTP_URL")),
    }


def _simulator(city: City, mqtt_url: str, ledger: Path, seed: int) -> list[str]:
    options = {
        "--stations": len(city.stations),
        "--interval": LIVE_INTERVAL_S,
        "--mqtt": mqtt_url,
        "--credentials": city.credentials,
        "--seed": seed,
        "--ledger": ledger,
    }
    return ["firmware_sim", *(str(part) for pair in options.items() for part in pair)]


def _watch(services: list[Service], url: str, city: City, stopping: threading.Event, *, seconds: float) -> None:
    """Watch the services, and publish the official hours as they are completed."""
    deadline = time.monotonic() + seconds
    known = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    while not stopping.is_set() and (left := deadline - time.monotonic()) > 0:
        watch(services, stopping, seconds=min(left, 30))
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        if hour > known:
            with connect(url) as conn:
                store_reference_hours(conn, city, begin=known, end=hour)
            known = hour


def _drain(url: str, begin: datetime) -> None:
    """Wait until ingest has stored what the broker still holds: until nothing new came for some seconds."""
    deadline = time.monotonic() + _DRAIN_S
    before, quiet_since = -1, time.monotonic()
    with connect(url) as conn:
        conn.autocommit = True
        while time.monotonic() < deadline and time.monotonic() - quiet_since < _QUIET_S:
            stored = count_since(conn, begin)
            if stored != before:
                before, quiet_since = stored, time.monotonic()
            time.sleep(0.25)


def _welcome(platform: Platform, folder: Path, stations: int) -> str:
    page = platform.page
    return (
        f"\n{stations} stations publish every {LIVE_INTERVAL_S:.0f} s. The page: {page}   (Ctrl-C ends everything)\n"
        "Try:\n"
        f"  curl '{page}v1/latest?observedProperty=pm2_5'\n"
        f"  curl '{page}v1/stations/sim-001'\n"
        f"  curl '{page}v1/series?station=sim-001&observedProperty=pm2_5'   # its seriesId goes into the next\n"
        f"  curl '{page}v1/series/ID/hours?f=csv'\n"
        f"A station of your own (it publishes to mqtt://{platform.mqtt_host}:{platform.mqtt_port}):\n"
        f"  LUCHTBRUG_DATA_DIR='{folder}' {_command()} station add --latitude 52.22 --longitude 5.18\n"
    )


def _command() -> str:
    """Name the command as this shell finds it: beside this Python where it is not on the PATH."""
    beside = Path(sys.executable).with_name("luchtbrug")
    return "luchtbrug" if which("luchtbrug") or not beside.exists() else str(beside)


def _say(text: str, as_json: bool) -> None:
    """Print for people; on standard error where standard output is for a program."""
    typer.echo(text, err=as_json)
