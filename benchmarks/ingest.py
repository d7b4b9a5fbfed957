"""How many messages a second does ingest take from a real Mosquitto, beside a client that only acknowledges?

Run `python -m benchmarks.ingest [--messages 60000] [--stations 500] [--rounds 3]` (needs Debian's mosquitto). The
broker holds the same messages, QoS 1 and five readings each, in two sessions: one of ingest, which decodes, checks,
calibrates, stores and acknowledges after the commit, and one of a bare paho client. Each drains its own, in turn. The
last line is JSON: `messages_per_s` and `bare_messages_per_s` are medians of the rounds, `ratio_to_bare_client` is their
quotient, `cpu_us` and `bare_cpu_us` the processor time of this process a message [µs]; `lost` and `duplicates` hold
PostgreSQL's rows against what was published.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import structlog
from paho.mqtt.client import MQTTMessage

from benchmarks.fleet_world import programs_missing
from benchmarks.ingest_world import PER_MESSAGE, broker, hold, messages, persistent, prepare, publish
from ingest import service
from ingest.service import Counters
from ingest.settings import IngestSettings
from luchtbrug.database import embedded
from storage.connection import connect

OURS, BARE = "bench-ours", "bench-bare"


class Drained(NamedTuple):
    """How fast a session was drained [messages/s], and at what cost [µs of this process a message]."""

    per_s: float
    cpu_us: float

    def __str__(self) -> str:
        return f"{self.per_s:8,.0f}/s {self.cpu_us:6.1f} µs"


def main() -> None:
    """Run the rounds and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--stations", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if missing := programs_missing():
        raise SystemExit(f"install {', '.join(missing)}: apt-get install mosquitto mosquitto-clients")
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "database") as url:
        begin = datetime.now(UTC) - timedelta(hours=3)
        prepare(url, options.stations, now=begin)
        with broker(Path(folder) / "broker") as broker_url:
            rounds = [
                _round(url, broker_url, options, begin + timedelta(minutes=30 * number))
                for number in range(options.rounds)
            ]
        figures = _figures(rounds) | _balance(url, options)
    print(json.dumps(figures))


def _round(url: str, broker_url: str, options: argparse.Namespace, begin: datetime) -> tuple[Drained, Drained]:
    """Let ingest and the bare client drain their sessions."""
    for client_id in (OURS, BARE):
        hold(broker_url, client_id)
    publish(broker_url, messages(options.messages, options.stations, begin=begin))
    ours, bare = _drain_by_ingest(url, broker_url, options.messages), _drain_bare(broker_url, options.messages)
    print(f"ingest {ours}   bare {bare}   {ours.per_s / bare.per_s:.2f}", flush=True)
    return ours, bare


def _drain_by_ingest(url: str, broker_url: str, count: int) -> Drained:
    connected: list[float] = []
    structlog.configure(processors=[_Noting(connected)])
    stop, counters = threading.Event(), Counters()
    thread = threading.Thread(
        target=service.run, args=(_settings(url, broker_url), stop), kwargs={"counters": counters}
    )
    begin = time.process_time()
    thread.start()
    deadline = time.monotonic() + 300
    while counters.acknowledged < count and time.monotonic() < deadline:
        time.sleep(0.005)
    ended = time.perf_counter()
    stop.set()
    thread.join()
    if counters.acknowledged < count:
        raise SystemExit(f"{counters.acknowledged} of {count} messages were acknowledged: {counters.as_dict()}")
    return Drained(count / (ended - connected[-1]), 1e6 * (time.process_time() - begin) / count)


class _Noting:
    """Keeps the moment at which ingest was connected, and says nothing."""

    def __init__(self, connected: list[float]) -> None:
        self._connected = connected

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
        if event["event"] == "broker_connected":
            self._connected.append(time.perf_counter())
        if event.get("level") == "error":
            print(event)
        raise structlog.DropEvent


def _drain_bare(broker_url: str, count: int) -> Drained:
    client, host, port = persistent(broker_url, BARE)
    connected, seen, all_seen = [0.0], [0], threading.Event()

    def on_connect(*_: Any) -> None:
        connected[0] = time.perf_counter()

    def on_message(_client: Any, _data: Any, message: MQTTMessage) -> None:
        client.ack(message.mid, message.qos)
        seen[0] += 1
        if seen[0] == count:
            all_seen.set()

    client.on_connect, client.on_message = on_connect, on_message
    client.connect(host, port)
    begin = time.process_time()
    client.loop_start()
    if not all_seen.wait(300):
        raise SystemExit(f"the bare client saw {seen[0]} of {count} messages")
    ended = time.perf_counter()
    cost = time.process_time() - begin
    client.disconnect()
    client.loop_stop()
    return Drained(count / (ended - connected[0]), 1e6 * cost / count)


def _settings(url: str, broker_url: str) -> IngestSettings:
    client, host, port = persistent(broker_url, OURS)
    return IngestSettings(
        database_url=url,
        mqtt_host=host,
        mqtt_port=port,
        mqtt_user=client.username,
        mqtt_password=client.password,
        client_id=OURS,
    )


def _figures(rounds: list[tuple[Drained, Drained]]) -> dict[str, float]:
    ours, bare = ([median(column) for column in zip(*each, strict=True)] for each in zip(*rounds, strict=True))
    return {
        "messages_per_s": round(ours[0]),
        "bare_messages_per_s": round(bare[0]),
        "ratio_to_bare_client": round(ours[0] / bare[0], 3),
        "cpu_us": round(ours[1], 1),
        "bare_cpu_us": round(bare[1], 1),
    }


def _balance(url: str, options: argparse.Namespace) -> dict[str, int]:
    """Hold what is stored against what was published."""
    said = PER_MESSAGE * (options.messages * options.rounds + options.stations)
    with connect(url) as conn:
        row = conn.execute("SELECT count(*), count(DISTINCT (series_key, time)), count(value) FROM reading").fetchone()
    stored, distinct, validated = row or (0, 0, 0)
    return {"lost": said - distinct, "duplicates": stored - distinct, "readings": stored, "validated": validated}


if __name__ == "__main__":
    main()
