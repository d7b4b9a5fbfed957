"""How fast does the API answer, beside programs that do nothing else.

Run `python -m benchmarks.api` (needs wrk and psql). In one run, on 15,000 stations and 200 × a year of hours:
`latest_ratio_to_bare`: requests/s of /v1/latest as GeoJSON in gzip, 200 connections, while readings arrive, ÷ those
of a bare uvicorn application that sends the same from memory, headers included, by the same server with the same
options; `latest_304_ratio_to_bare`: with `If-None-Match: *`, for a tag would be an old one as soon as a reading
arrives; `latest_changes_seen`: different answers that a watcher saw meanwhile, who asks twice a second, and
`latest_age_max_s`: the oldest by its `Age`, for an answer from memory must still be one of now;
`series_ratio_to_psql`: the time of a year of hours as JSON ÷ that of psql fetching the same rows as JSON.
Each pair in turn, the median of the rounds. The last line is JSON.
"""

import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx
import psycopg

from benchmarks.api_world import YEAR_BEGIN, YEAR_END, database, recorded, serving

OURS, BARE = 18_412, 18_413
SECONDS, ROUNDS = 5, 3
LATEST = "/v1/latest?observedProperty=pm2_5"
PSQL = """
SELECT json_agg(row_to_json(page)) FROM (
  SELECT h.begin, h.begin + interval '1 hour' AS end, h.raw, h.raw_min, h.raw_max, h.raw_sd, h.data_capture,
         h.value, h.lower, h.upper, h.estimate, h.estimate_lower, h.estimate_upper, h.flags, c.calibration_id
  FROM hour h LEFT JOIN calibration c USING (calibration_key)
  WHERE h.series_key = 7 AND h.begin >= '{begin}' AND h.begin < '{end}' ORDER BY h.begin) AS page
"""


def main() -> None:
    """Print all figures."""
    with database() as url, serving("benchmarks.api_app:ours", OURS, BENCH_DATABASE=url):
        figures = _series(url)
        answer = httpx.get(f"http://127.0.0.1:{OURS}{LATEST}")
        with (
            tempfile.TemporaryDirectory() as folder,
            serving("benchmarks.api_app:bare", BARE, **recorded(f"http://127.0.0.1:{OURS}{LATEST}", Path(folder))),
            _arriving(url),
            _watching() as seen,
        ):
            figures |= _latest()
    figures |= {"latest_changes_seen": len(seen), "latest_age_max_s": max(seen.values())}
    print(f"latest: {body_size(answer)}")
    print(json.dumps(figures))


def body_size(answer: httpx.Response) -> str:
    """Say how large an answer was on the way and unpacked."""
    return f"{int(answer.headers['content-length']) / 1e3:.0f} kB compressed, {len(answer.content) / 1e6:.1f} MB plain"


@contextmanager
def _watching() -> Iterator[dict[str, int]]:
    """Ask twice a second for what is new; give the tags that were seen, each with the age it had at most [s]."""
    ended = threading.Event()
    seen: dict[str, int] = {}

    def watch() -> None:
        with httpx.Client(headers={"Accept-Encoding": "gzip"}, timeout=30) as client:
            while not ended.wait(0.5):
                with client.stream("GET", f"http://127.0.0.1:{OURS}{LATEST}", headers={"If-None-Match": "*"}) as one:
                    seen[one.headers["etag"]] = max(seen.get(one.headers["etag"], 0), int(one.headers["age"]))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _latest() -> dict[str, float]:
    found: dict[str, float] = {}
    for name, headers in (("latest", []), ("latest_304", ["If-None-Match: *"])):
        ours, bare = [], []
        for _ in range(ROUNDS):
            ours.append(_wrk(OURS, headers))
            bare.append(_wrk(BARE, headers))
        rates = median(rate for rate, _ in ours), median(rate for rate, _ in bare)
        found |= {f"{name}_ratio_to_bare": round(rates[0] / rates[1], 3), f"{name}_per_second": rates[0],
                  f"{name}_bare_per_second": rates[1], f"{name}_p99_ms": median(late for _, late in ours)}  # fmt: skip
    return found


def _wrk(port: int, headers: list[str]) -> tuple[float, float]:
    """Ask over 200 connections; give requests/s and the 99th percentile [ms]."""
    command = [_program("wrk"), "-t1", "-c200", f"-d{SECONDS}s", "--latency", "-H", "Accept-Encoding: gzip"]
    for header in headers:
        command += ["-H", header]
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{LATEST}"], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in said and not headers:
        raise SystemExit(said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    if rate is None or late is None:
        raise SystemExit(said)
    return float(rate[1]), float(late[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[late[2]]


@contextmanager
def _arriving(url: str) -> Iterator[None]:
    """Rewrite a hundred last readings every half second, as 15,000 stations that send every 75 s do."""
    ended = threading.Event()

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as conn:
            while not ended.wait(0.5):
                conn.execute(
                    "UPDATE latest SET time = now(), raw = raw + 0.01 WHERE series_key IN "
                    "(SELECT 1 + floor(random() * 15000)::int FROM generate_series(1, 100))"
                )

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _series(url: str) -> dict[str, float]:
    """Time a year of one series over one kept connection, and psql with its start, and with the start left out."""
    path = f"http://127.0.0.1:{OURS}/v1/series/7/hours"
    query = {"begin": YEAR_BEGIN.isoformat(), "end": YEAR_END.isoformat(), "limit": "10000"}
    wanted = PSQL.format(begin=YEAR_BEGIN, end=YEAR_END)
    ours, whole, empty = [], [], []
    with httpx.Client(headers={"Accept-Encoding": "identity"}) as client:
        for _ in range(20):
            begin = time.perf_counter()
            answer = client.get(path, params=query)
            ours.append(time.perf_counter() - begin)
            whole.append(_psql(url, wanted))
            empty.append(_psql(url, "SELECT 1"))
    rows = len(answer.raise_for_status().json()["items"])
    if rows != 8760:
        raise SystemExit(f"{rows} rows, not 8760")
    own = median(whole) - median(empty)
    return {"series_ratio_to_psql": round(median(ours) / median(whole), 3),
            "series_ratio_to_psql_without_start": round(median(ours) / own, 3),
            "series_ms": round(1000 * median(ours), 1), "psql_ms": round(1000 * median(whole), 1)}  # fmt: skip


def _psql(url: str, statement: str) -> float:
    begin = time.perf_counter()
    subprocess.run([_program("psql"), "-qAtX", url, "-c", statement], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise SystemExit(f"{name} is not on the path: install it (Debian: apt-get install wrk postgresql-client)")
    return found


if __name__ == "__main__":
    main()
