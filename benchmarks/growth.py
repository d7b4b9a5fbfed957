"""Do ingest and fit take twice the time for twice the stations, or more?

Run `python -m benchmarks.growth [--stations 5000] [--fitted 300] [--rounds 3]`. Ingest is the pipeline on a PostgreSQL
of its own: six messages of five readings of each station, the stations known and calibrated; fit is one calibration of
all sensors of a property over 400 hours. Each is timed for the stations named and for twice as many, in turn. The last
line is JSON: `ingest_growth` and `fit_growth` are the quotients of the medians.

From as many stations as a batch has messages on, each message writes the latest values of its station; below that a
batch writes them once for several messages, and twice the stations cost more than twice.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks.ingest_world import messages, network, prepare
from ingest.message import Message
from ingest.pipeline import Pipeline
from luchtbrug.database import embedded
from storage.connection import connect
from validation.network import fit

EACH = 6
BATCH = 5000


def main() -> None:
    """Time both and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stations", type=int, default=5000)
    parser.add_argument("--fitted", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ingest = _growth(_ingest, options.stations, options.rounds)
    fitted = _growth(_fit, options.fitted, options.rounds)
    print(json.dumps({"ingest_growth": ingest, "fit_growth": fitted, **vars(options)}))


def _growth(run: Callable[[int], float], stations: int, rounds: int) -> float:
    times = [(run(stations), run(2 * stations)) for _ in range(rounds)]
    once, twice = median(time[0] for time in times), median(time[1] for time in times)
    print(f"{run.__name__.strip('_'):>8} {once:7.2f} s for {stations}, {twice:7.2f} s for {2 * stations}", flush=True)
    return round(twice / once, 2)


def _ingest(stations: int) -> float:
    """Time the pipeline [s]; a batch is as long as in the service, so twice the stations are twice the batches."""
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "database") as url:
        now = datetime.now(UTC)
        prepare(url, stations, now=now - timedelta(hours=1))
        outgoing = messages((EACH + 1) * stations, stations, begin=now - timedelta(minutes=20))
        made = [Message("replay", topic, body, now) for topic, body in outgoing]
        pipeline = Pipeline(lambda: connect(url))
        for begin in range(0, stations, BATCH):  # learns stations and calibrations, and looks back once
            pipeline.process(made[begin : min(begin + BATCH, stations)], now=now)
        started = perf_counter()
        for begin in range(stations, len(made), BATCH):
            pipeline.process(made[begin : begin + BATCH], now=now)
        ended = perf_counter()
        pipeline.close()
    return ended - started


def _fit(sensors: int) -> float:
    """Time a fit [s] of sensors that differ, beside the same references."""
    now = datetime.now(UTC)
    few, generator = network(now), np.random.default_rng(1)
    which = np.arange(sensors) % few.raw.shape[1]
    many = replace(
        few,
        raw=few.raw[:, which] + generator.normal(0, 0.5, (len(few.hours), sensors)),
        relative_humidity=few.relative_humidity[:, which],
        temperature=few.temperature[:, which],
        latitude=52.0 + generator.uniform(0, 0.5, sensors),
        longitude=5.0 + generator.uniform(0, 0.5, sensors),
        sensor_model=("SPS30",) * sensors,
    )
    started = perf_counter()
    fit(many, at=np.datetime64(now.replace(tzinfo=None), "h"))
    return perf_counter() - started


if __name__ == "__main__":
    main()
