"""Does anything grow: memory, or how far the database is behind the stations?

Run `python -m benchmarks.soak [--minutes 30] [--rate 2000] [--stations 1000]` (needs Debian's mosquitto). Stations
publish at a rate to a real Mosquitto; ingest, the calibrate job and the API run as processes beside it, and a reader
asks the API and the page all the time. Every 10 s it takes the private memory (USS) of each process, and the delay:
how long ago the newest stored message was acknowledged to its station. The first half is warming up. Printed are
slopes with their standard errors; something grows where its slope is above its limit by two of them. The last line is
JSON; the exit code is 1 when something grows, a message was lost or stored twice, or the reader was refused.
"""

import argparse
import json
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import numpy as np
import psutil  # type: ignore[import-untyped]  # no types in our environment

from benchmarks.faults.load import FIRST, Load
from benchmarks.faults.world import Size, World, world
from benchmarks.fleet_world import programs_missing
from luchtbrug.services import free_port, running, wait_for_port
from storage.connection import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY_S = 10.0
WARM = 0.5
MEMORY_LIMIT = 0.05
"""Memory that grows by less than this share of itself in an hour is flat."""

DELAY_LIMIT = 500.0
"""A delay that grows by less than this in an hour is flat [ms/h]."""

REACHED = 0.95
"""Share of the rate that has to be reached; below it the machine is too busy to say anything."""

ASKED = ("/v1/latest?observedProperty=pm2_5", "/", "/map/stations", "/v1/stations?limit=100", "/v1/health")
NEWEST = """
SELECT max(raw) FROM latest WHERE series_key IN (SELECT series_key FROM series WHERE observed_property = 'pm10')
"""
STORED = """
SELECT count(*), count(DISTINCT raw) FROM reading
WHERE raw >= %s AND series_key IN (SELECT series_key FROM series WHERE observed_property = 'pm10')
"""


@dataclass(slots=True)
class Samples:
    """What was measured: times [h], private memory [MB] by process, delays [ms], and the reader's answers [ms]."""

    hours: list[float] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=dict)
    delay: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Slope:
    """Growth an hour, its standard error, and where it is after the warming up, and at the end."""

    per_hour: float
    error: float
    first: float
    last: float
    limit: float

    @property
    def grows(self) -> bool:
        """Say whether it grows more than its limit, and surely so."""
        return self.per_hour - 2 * self.error > self.limit


def main() -> None:
    """Print a line every ten seconds, then the slopes."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every server is ended
    if missing := programs_missing():
        raise SystemExit(f"install {', '.join(missing)}: apt-get install mosquitto mosquitto-clients")
    size, samples = Size(options.rate, options.stations, quick=False), Samples()
    with (
        tempfile.TemporaryDirectory(prefix="luchtbrug-soak-", ignore_cleanup_errors=True) as folder,
        world(Path(folder), size) as soaked,
        _services(soaked) as (processes, page),
        _reader(page, samples),
        soaked.load() as load,
    ):
        _measure(soaked, load, processes, samples, seconds=60 * options.minutes)
        unacknowledged = load.end()
        behind = soaked.behind_newest(load, NEWEST)
        balance = _balance(soaked, len(load.taken()))
    per_s = round(balance["messages"] / (60 * options.minutes))
    more = {"unacknowledged": unacknowledged, "behind_at_the_end_s": round(behind, 1), "messages_per_s": per_s}
    _conclude(samples, balance | more, reached=per_s >= REACHED * options.rate)


@contextmanager
def _services(soaked: World) -> "Iterator[tuple[Mapping[str, int], str]]":
    """Run ingest, calibrate and the API; their process ids, with those of the two servers, and where the page is."""
    port = free_port(0)
    env = {"LUCHTBRUG_DATABASE_URL": soaked.url, "LUCHTBRUG_MQTT_URL": soaked.broker_url,
           "LUCHTBRUG_API_PORT": str(port), "LUCHTBRUG_REQUESTS_PER_MINUTE": "100000",
           "LUCHTBRUG_CALIBRATE_SECONDS": "30"}  # fmt: skip
    with ExitStack() as stack:
        found = {"ingest": soaked.ingest().process.pid}
        for name in ("calibrate", "api"):
            service = stack.enter_context(running(name, ["luchtbrug", name], env=env, log_dir=soaked.folder))
            found[name] = service.process.pid
        wait_for_port(service, "127.0.0.1", port, seconds=120)
        yield (
            found | {"broker": soaked.broker.process.pid, "database": soaked.server.get_pid()},
            (f"http://127.0.0.1:{port}"),
        )


@contextmanager
def _reader(page: str, samples: Samples) -> "Iterator[None]":
    """Ask for one thing after the other, twice a second."""
    ended = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=page, timeout=30) as client:
            number = 0
            while not ended.wait(0.5):
                begin = time.perf_counter()
                answer = client.get(ASKED[number % len(ASKED)])
                samples.answers.append(1000 * (time.perf_counter() - begin))
                samples.refused += answer.status_code != httpx.codes.OK
                number += 1

    thread = threading.Thread(target=ask, name="reader")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _measure(soaked: World, load: Load, processes: Mapping[str, int], samples: Samples, *, seconds: float) -> None:
    begin = time.monotonic()
    with connect(soaked.url) as conn:
        conn.autocommit = True
        while (now := time.monotonic()) - begin < seconds:
            row = conn.execute(NEWEST).fetchone()
            newest = max(FIRST, round(1000 * row[0])) if row and row[0] else FIRST
            samples.hours.append((now - begin) / 3600)
            samples.delay.append(max(0, load.newest() - newest) / load.rate * 1000)
            for name, pid in processes.items():
                samples.memory.setdefault(name, []).append(_private_mb(pid))
            memory = " ".join(f"{name} {values[-1]:.0f}" for name, values in samples.memory.items())
            print(f"{now - begin:6.0f} s  delay {samples.delay[-1]:6.0f} ms  MB: {memory}", flush=True)
            time.sleep(max(0.0, EVERY_S - (time.monotonic() - now)))


def _private_mb(pid: int) -> float:
    """Add up what a process and its children have for themselves alone."""
    process, total = psutil.Process(pid), 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_full_info().uss
        except psutil.NoSuchProcess:  # a session of the database that ended just now
            continue
    return float(total / 1e6)


def _balance(soaked: World, taken: int) -> dict[str, int]:
    with connect(soaked.url) as conn:
        row = conn.execute(STORED, (FIRST / 1000,)).fetchone()
    stored, distinct = row or (0, 0)
    return {"messages": taken, "lost": taken - distinct, "twice": stored - distinct}


def _conclude(samples: Samples, balance: Mapping[str, float], *, reached: bool) -> None:
    """Print the slopes and the verdict, and end."""
    slopes = {name: slope(samples.hours, values, share=MEMORY_LIMIT) for name, values in samples.memory.items()}
    slopes["delay"] = slope(samples.hours, samples.delay, limit=DELAY_LIMIT)
    for name, each in slopes.items():
        unit = "ms" if name == "delay" else "MB"
        growth = f"{each.per_hour:+9.1f} ± {2 * each.error:.1f} {unit}/h"
        print(f"{name:<10} {growth}, {each.first:.0f} → {each.last:.0f} {'GROWS' if each.grows else 'flat'}")
    p50, p95 = np.percentile(samples.answers, [50, 95]).round(1).tolist()
    grows = any(each.grows for each in slopes.values())
    holds = reached and not (grows or balance["lost"] or balance["twice"] or samples.refused)
    flat = {
        name: [round(each.per_hour, 1), round(2 * each.error, 1), round(each.last)] for name, each in slopes.items()
    }
    late = round(float(np.percentile(samples.delay, 95)))
    told = {"holds": holds, "flat": not grows, "rate_reached": reached, "slope_two_errors_last": flat, **balance,
            "delay_p95_ms": late, "reader_p50_ms": p50, "reader_p95_ms": p95,
            "reader_refused": samples.refused}  # fmt: skip
    print(json.dumps(told))
    sys.exit(not holds)


def slope(hours: list[float], values: list[float], *, limit: float = 0.0, share: float = 0.0) -> Slope:
    """Fit a line after the warming up; the limit is given, or is a share of the mean."""
    begin = int(len(values) * WARM)
    x, y = np.array(hours[begin:]), np.array(values[begin:])
    if len(y) < 4:
        raise SystemExit("a soak of so few minutes says nothing")
    centred = x - x.mean()
    per_hour = float(centred @ (y - y.mean()) / (centred @ centred))
    rest = y - y.mean() - per_hour * centred
    error = float(np.sqrt(rest @ rest / (len(y) - 2) / (centred @ centred)))
    return Slope(per_hour, error, float(y[0]), float(y[-1]), limit or share * float(y.mean()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=int, default=2000, help="messages a second")
    parser.add_argument("--stations", type=int, default=1000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
