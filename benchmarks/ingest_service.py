"""How fast are two ingests beside one while one of them is killed, and how soon is a reading in the API?

Run `python -m benchmarks.ingest_service [--messages 60000] [--stations 500] [--rate 0]` (needs Debian's mosquitto).
Ingest and API run as processes. First one worker, then two on the shared subscription, drain as many messages; the
second of the two is killed (SIGKILL) at a third and started again. Then messages arrive at `--rate` a second (0: a
quarter of what the one worker drained), sent by a process of their own, and once a second it is timed how long one
takes from publish to its value in `/v1/series/…/readings`. The last line is JSON: `two_to_one`, `lost`, `duplicates`,
`delay_p50_s`, `delay_p95_s`.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import httpx
import numpy as np
import psycopg

from benchmarks.fleet_world import programs_missing
from benchmarks.ingest_world import PER_MESSAGE, broker, messages, prepare, publish
from luchtbrug.database import embedded
from luchtbrug.services import Service, free_port, running, wait_for_port
from storage.connection import connect

PROBES, SECONDS = 60, 300.0


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--stations", type=int, default=500)
    parser.add_argument("--rate", type=int, default=0)
    options = parser.parse_args()
    if missing := programs_missing():
        raise SystemExit(f"install {', '.join(missing)}: apt-get install mosquitto mosquitto-clients")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(embedded(folder / "database"))
        begin = datetime.now(UTC) - timedelta(hours=3)
        prepare(url, options.stations, now=begin)
        world = World(url, stack.enter_context(broker(folder / "broker")), folder)
        one = _drain(world, options, [1], begin)
        two = _drain(world, options, [1, 2], begin + timedelta(hours=1))
        balance = _balance(url, PER_MESSAGE * (2 * options.messages + options.stations))
        rate = options.rate or round(one / 4)
        delays = _delays(world, options.stations, rate)
    p50, p95 = np.percentile(delays, [50, 95]).round(3).tolist()
    print(json.dumps({"two_to_one": round(two / one, 2), "one_per_s": round(one), "two_per_s": round(two), **balance,
                      "delay_p50_s": p50, "delay_p95_s": p95, "rate": rate}))  # fmt: skip


class World:
    """Where everything is."""

    def __init__(self, url: str, broker_url: str, folder: Path) -> None:
        self.url, self.broker_url, self.folder = url, broker_url, folder
        self.conn = connect(url)
        self.conn.autocommit = True

    def stored(self) -> int:
        row = self.conn.execute("SELECT count(*) FROM reading").fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def worker(self, number: int) -> Iterator[Service]:
        """Run an ingest process."""
        env = {"LUCHTBRUG_DATABASE_URL": self.url, "LUCHTBRUG_MQTT_URL": self.broker_url,
               "LUCHTBRUG_INGEST_WORKER": str(number)}  # fmt: skip
        with running(f"ingest-{number}", ["luchtbrug", "ingest"], env=env, log_dir=self.folder) as service:
            yield service

    def wait_stored(self, count: int) -> float:
        """Wait until so many readings are stored, and give the moment."""
        deadline = time.monotonic() + SECONDS
        while self.stored() < count:
            if time.monotonic() > deadline:
                raise SystemExit(f"{self.stored()} of {count} readings were stored after {SECONDS:.0f} s")
            time.sleep(0.2)  # counting costs the database
        return time.perf_counter()


def _drain(world: World, options: argparse.Namespace, numbers: Sequence[int], begin: datetime) -> float:
    """Give the rate [messages/s] at which these workers fetch what waits for them; of two the second is killed once."""
    for number in numbers:  # so that there is a session that the broker keeps messages for
        with world.worker(number) as service:
            wait_for(service, "broker_connected")
    before, readings = world.stored(), PER_MESSAGE * options.messages
    publish(world.broker_url, messages(options.messages, options.stations, begin=begin))
    with ExitStack() as stack:
        services = [stack.enter_context(world.worker(number)) for number in numbers]
        first = world.wait_stored(before + 1)
        counted = options.messages - (world.stored() - before) / PER_MESSAGE
        if len(services) > 1:
            world.wait_stored(before + readings // 3)
            services[-1].process.kill()
            services[-1].process.wait()
            stack.enter_context(world.worker(numbers[-1]))
        return float(counted / (world.wait_stored(before + readings) - first))


def wait_for(service: Service, event: str) -> None:
    deadline = time.monotonic() + 60
    while event not in service.tail(100):
        if time.monotonic() > deadline or service.process.poll() is not None:
            raise SystemExit(f"{service.name} said no {event}:\n{service.tail()}")
        time.sleep(0.05)
    time.sleep(0.5)  # the subscription follows the connection


def _balance(url: str, said: int) -> dict[str, int]:
    with connect(url) as conn:
        row = conn.execute("SELECT count(*), count(DISTINCT (series_key, time)) FROM reading").fetchone()
    stored, distinct = row or (0, 0)
    return {"lost": said - distinct, "duplicates": stored - distinct}


def _delays(world: World, stations: int, rate: int) -> list[float]:
    """Time probes from publish to the API [s], while messages arrive at the rate asked for."""
    port, spawned = free_port(0), get_context("spawn")
    ended = spawned.Event()
    env = {
        "LUCHTBRUG_DATABASE_URL": world.url,
        "LUCHTBRUG_API_PORT": str(port),
        "LUCHTBRUG_REQUESTS_PER_MINUTE": "100000",
    }
    with world.worker(0) as ingest, running("api", ["luchtbrug", "api"], env=env, log_dir=world.folder) as api:
        wait_for_port(api, "127.0.0.1", port, seconds=120)
        wait_for(ingest, "broker_connected")
        load = spawned.Process(target=_arrive, args=(world.broker_url, stations, rate, ended))
        load.start()
        time.sleep(3)  # until it sends
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
                return [_probe(world, client) for _ in range(PROBES)]
        finally:
            ended.set()
            load.join()


def _arrive(broker_url: str, stations: int, rate: int, ended: Event) -> None:
    """Publish a second's worth every second."""
    due = time.monotonic()
    while not ended.is_set():
        publish(broker_url, messages(rate, stations, begin=datetime.now(UTC)))
        due += 1
        ended.wait(max(due - time.monotonic(), 0))


def _probe(world: World, client: httpx.Client) -> float:
    """Publish a reading of a second that no other message has, and ask for it until it is there."""
    time.sleep(0.4 + np.random.default_rng().random() * 0.5)
    at = datetime.now(UTC).replace(microsecond=500_000) - timedelta(seconds=1)
    body = {"obs": [{"t": at.isoformat(), "s": "sps30-0", "v": {"pm2_5": 12.3}}]}
    query = {"begin": at.isoformat(), "end": (at + timedelta(milliseconds=1)).isoformat()}
    begin = time.perf_counter()
    publish(world.broker_url, [("aq/1/bench-0/obs", json.dumps(body).encode())])
    path = f"/v1/series/{_series_key(world.conn)}/readings"
    while not client.get(path, params=query).raise_for_status().json()["items"]:
        if time.perf_counter() - begin > 30:
            raise SystemExit("a reading did not reach the API within 30 s")
        time.sleep(0.01)
    return time.perf_counter() - begin


def _series_key(conn: psycopg.Connection) -> int:
    row = conn.execute(
        "SELECT series_key FROM series JOIN station USING (station_key)"
        " WHERE station_id = 'bench-0' AND observed_property = 'pm2_5'"
    ).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main()
