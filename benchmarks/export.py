"""How fast is a municipality × year as CSV, beside `psql \\copy` of the same query, and how much memory does it take.

Run `python -m benchmarks.export`. 200 stations × 8,760 hours; the best of three runs of each, in turn. The last line is
JSON with `csv_ratio_to_copy` (throughput ÷ that of psql) and `memory_growth_mb` (peak of the server's process), and for
the same rows as Parquet: rows a second, throughput ÷ that of psql, and the growth of the peak with both.
"""

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import httpx
import psycopg

from api.routes.exports import LEVELS
from benchmarks.api_world import MUNICIPALITY, YEAR_BEGIN, YEAR_END, database, serving
from storage.exports import SHAPES, Selection
from storage.statements import sql

PORT = 18_411
ROUNDS = 3
ROWS = 200 * 8760


def main() -> None:
    """Print both rates, their ratio and the growth of memory."""
    with database() as url, serving("benchmarks.api_app:ours", PORT, BENCH_DATABASE=url) as server:
        statement = _statement(url)
        _ours("csv")  # warm: imports, plans, and PostgreSQL's pages in memory
        before = _resident(server.pid)
        ours, psql, parquet, size = [], [], [], 0
        for _ in range(ROUNDS):
            seconds, size = _ours("csv")
            ours.append(seconds)
            psql.append(_psql(url, statement))
        grown = (_peak(server.pid) - before) / 1e6
        packed = 0
        for _ in range(ROUNDS):
            seconds, packed = _ours("parquet")
            parquet.append(seconds)
        grown_parquet = (_peak(server.pid) - before) / 1e6
    print(f"ours {size / min(ours) / 1e6:.1f} MB/s, psql {size / min(psql) / 1e6:.1f} MB/s, {size / 1e6:.0f} MB")
    print(f"Parquet {ROWS / min(parquet):.0f} rows/s, {packed / 1e6:.0f} MB")
    print(json.dumps({"csv_ratio_to_copy": round(min(psql) / min(ours), 3), "memory_growth_mb": round(grown, 1),
                      "seconds": round(min(ours), 2), "psql_seconds": round(min(psql), 2),
                      "parquet_ratio_to_copy": round(min(psql) / min(parquet), 3),
                      "parquet_rows_per_second": round(ROWS / min(parquet)),
                      "parquet_memory_growth_mb": round(grown_parquet, 1)}))  # fmt: skip


def _statement(url: str) -> str:
    with psycopg.connect(url) as conn:
        rows = conn.execute(
            "SELECT series_key FROM series JOIN station USING (station_key) WHERE municipality = %s", [MUNICIPALITY]
        ).fetchall()
        parameters = Selection([row[0] for row in rows], YEAR_BEGIN, YEAR_END, LEVELS).parameters()
        shape = SHAPES["full"]
        query = psycopg.ClientCursor(conn).mogrify(sql(shape.statement), parameters)
    return f"COPY ({query}) TO STDOUT ({shape.options})"


def _psql(url: str, statement: str) -> float:
    program = shutil.which("psql")
    if program is None:
        raise SystemExit("psql is not on the path: install postgresql-client")
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        begin = time.perf_counter()
        subprocess.run([program, "-qAtX", url, "-c", "SET TIME ZONE 'UTC'", "-c", statement], stdout=file, check=True)
        return time.perf_counter() - begin


def _ours(form: str) -> tuple[float, int]:
    parameters = {
        "municipality": MUNICIPALITY, "begin": YEAR_BEGIN.isoformat(), "end": YEAR_END.isoformat(),
        "observedProperty": "pm2_5", "f": form,
    }  # fmt: skip
    address = f"http://127.0.0.1:{PORT}/v1/exports/hours"
    with tempfile.NamedTemporaryFile() as file:
        url = str(httpx.URL(address, params=parameters))
        begin = time.perf_counter()
        # curl, a program in C as psql is: a client in Python would be what is measured
        subprocess.run(["curl", "-sSf", "-o", file.name, url], check=True)
        return time.perf_counter() - begin, Path(file.name).stat().st_size


def _resident(pid: int) -> int:
    return _status(pid, "VmRSS")


def _peak(pid: int) -> int:
    return _status(pid, "VmHWM")


def _status(pid: int, name: str) -> int:
    """Read a number of the process's memory [bytes]."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


if __name__ == "__main__":
    main()
