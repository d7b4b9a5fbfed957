"""How much memory does an ingest worker need for a country's calibrations, and how long does it stop for changed ones?

Run `python -m benchmarks.ingest_memory [--stations 100000] [--series 5] [--changed 0.01]`. A fresh process learns the
stations, their series (the first of each is calibrated) and the calibrations with its first message, then some that
changed, then all again. The last line is JSON: `peak_mb` is the process's highest resident memory, `learn_s` the first
message, `changed_s` the first after a share of the calibrations changed, `all_changed_s` after all of them did.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import psycopg

from benchmarks.ingest_world import a_calibration, messages
from ingest.message import Message
from ingest.pipeline import Pipeline
from luchtbrug.database import embedded
from storage.connection import connect
from storage.migrate import migrate

PROPERTIES = ("pm2_5", "pm1", "pm10", "temperature", "relative_humidity")

_FILL = (
    "INSERT INTO station (station_id, latitude, longitude)"
    " SELECT 'bench-' || number, 52, 5 FROM generate_series(0, %(last)s) number",
    "INSERT INTO sensor (station_key, sensor_name, sensor_model) SELECT station_key, 'sps30-0', 'SPS30' FROM station",
    "INSERT INTO series (station_key, sensor_key, observed_property, unit) SELECT station_key, sensor_key, name, 'x'"
    " FROM sensor, unnest(%(properties)s::text[]) name ORDER BY sensor_key",
)
_CALIBRATE = """
INSERT INTO calibration (calibration_id, series_key, fitted_at, valid_begin, method, status, window_begin, window_end,
                         coefficients, covariance, interval_parts, reference_weight, scores, provenance)
SELECT %(version)s || '-' || series_key, series_key, now(), %(at)s, %(method)s, %(status)s, %(window_begin)s,
       %(window_end)s,
       %(coefficients)s, %(covariance)s, %(interval_parts)s, %(reference_weight)s, %(scores)s, %(provenance)s
FROM series WHERE observed_property = 'pm2_5' AND sensor_key %% %(one_in)s = 0
"""


def main() -> None:
    """Make the world, and measure in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stations", type=int, default=100_000)
    parser.add_argument("--series", type=int, default=5)
    parser.add_argument("--changed", type=float, default=0.01)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.url:
        measure(options.url, options)
        return
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "database") as url:
        with connect(url) as conn:
            migrate(conn)
            for statement in _FILL:
                conn.execute(statement, {"last": options.stations - 1, "properties": [*PROPERTIES[: options.series]]})
            _calibrate(conn, "first", one_in=1)
            conn.execute("ANALYZE")
        command = [sys.executable, "-m", "benchmarks.ingest_memory", "--url", url, *sys.argv[1:]]
        subprocess.run(command, check=True)


def measure(url: str, options: argparse.Namespace) -> None:
    """Learn, learn what changed, and print the figures."""
    pipeline, now = Pipeline(lambda: connect(url)), datetime.now(UTC)
    figures = {"learn_s": _process(pipeline, now)}
    with connect(url) as conn:
        _calibrate(conn, "second", one_in=round(1 / options.changed))
    figures["changed_s"] = _process(pipeline, now + timedelta(minutes=1))
    with connect(url) as conn:
        _calibrate(conn, "third", one_in=1)
    figures["all_changed_s"] = _process(pipeline, now + timedelta(minutes=2))
    pipeline.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"stations": options.stations, "series": options.series, "peak_mb": round(peak), **figures}))


def _process(pipeline: Pipeline, now: datetime) -> float:
    """Process a message, check that its reading was calibrated, and give the time that it took [s]."""
    ((topic, body),) = messages(1, 1, begin=now)
    begin = perf_counter()
    outcome = pipeline.process([Message("replay", topic, body, now)], now=now)
    ended = perf_counter()
    if not outcome.validated:
        raise SystemExit(f"the reading was not calibrated: {outcome}")
    print(f"{ended - begin:7.2f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:5.0f} MB", flush=True)
    return round(ended - begin, 2)


def _calibrate(conn: psycopg.Connection, version: str, *, one_in: int) -> None:
    at = datetime.now(UTC) - timedelta(minutes=1)
    record = {name: json.dumps(value) if isinstance(value, dict | list) else value
              for name, value in asdict(a_calibration(at)).items()}  # fmt: skip
    conn.execute(_CALIBRATE, {**record, "version": version, "at": at, "one_in": one_in})
    conn.commit()


if __name__ == "__main__":
    main()
