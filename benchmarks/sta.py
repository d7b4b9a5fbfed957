"""How fast does SensorThings answer, beside a program that does nothing else, and how fast does it count or refuse.

Run `python -m benchmarks.sta` (needs wrk). On 15,000 stations and 200 × a year of hours, 50 connections:
`sta_p95_ms`: a thousand Observations of one Datastream, as many ask for them [ms]; `sta_ratio_to_bare`: its requests/s
÷ those of a bare uvicorn application that sends the same bytes from memory, in the same run;
`sta_unlike_p95_ms`: the same where no two requests are alike, so that nothing kept helps [ms];
`sta_errors`: answers of all these rounds that were no 200;
`count_s`: the slowest of the counts of COUNTS over ten million hours [s], counted or refused.
The last line is JSON.
"""

import json
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import httpx
import psycopg

from benchmarks.api_world import database, recorded, serving

OURS, BARE = 18_414, 18_415
SECONDS, ROUNDS = 5, 3
ROOT = "/sta/v1.1"
PAGE = f"{ROOT}/Datastreams(15)/Observations?$top=1000"
COUNTS = (
    "/Observations/$count",
    "/Observations?$count=true&$top=1",
    "/Observations/$count?$filter=result gt 100000",
    "/Observations/$count?$filter=phenomenonTime ge 2026-10-01",
    "/Datastreams(15)/Observations/$count",
    "/Things(8)/Datastreams/$count",
)
HOURS = """
INSERT INTO hour (begin, series_key, raw, raw_min, raw_max, raw_sd, observed_count, data_capture, value, lower, upper,
                  estimate, estimate_lower, estimate_upper, flags, calibration_key, computed_at)
SELECT h, series_key, 20, 16, 24, 1.25, 12, 1, 12, 8, 16, 12.2, 10, 14, 0, calibration_key, now()
FROM calibration, generate_series('2025-11-01 00:00+00'::timestamptz, '2026-10-31 23:00+00', '1 hour') h
WHERE series_key BETWEEN 201 AND 1142
"""
LUA = """
local n = 0
request = function()
  n = n + 1
  local path = FROM == 0 and PAGE or string.gsub(PAGE, "%(15%)", "(" .. 2 + n % 398 .. ")") .. "&$skip=" .. FROM + n
  return wrk.format("GET", path)
end
done = function(summary, latency, requests)
  io.write(string.format('\\n{"p95": %f, "requests": %d, "errors": %d}\\n', latency:percentile(95) / 1000,
    summary.requests / summary.duration * 1e6, summary.errors.status + summary.errors.timeout + summary.errors.read))
end
"""


def main() -> None:
    """Print all figures."""
    with (
        database() as url,
        tempfile.TemporaryDirectory() as folder,
        serving("benchmarks.api_app:ours", OURS, BENCH_DATABASE=url),
    ):
        figures = _pages(Path(folder))
        _fill(url)
        figures |= _counts()
    print(json.dumps(figures))


def _pages(folder: Path) -> dict[str, float]:
    answer = httpx.get(f"http://127.0.0.1:{OURS}{PAGE}").raise_for_status()
    if len(answer.json()["value"]) != 1000:
        raise SystemExit("not a thousand Observations")
    print(f"page: {len(answer.content) / 1e3:.0f} kB plain")
    ours, bare = [], []
    with serving("benchmarks.api_app:bare", BARE, **recorded(f"http://127.0.0.1:{OURS}{PAGE}", folder)):
        for _ in range(ROUNDS):
            ours.append(_wrk(folder, OURS))
            bare.append(_wrk(folder, BARE))
    unlike = [_wrk(folder, OURS, skip_from=2000 * number) for number in range(1, ROUNDS + 1)]
    rates = median(one["requests"] for one in ours), median(one["requests"] for one in bare)
    return {"sta_p95_ms": round(median(one["p95"] for one in ours), 1),
            "sta_bare_p95_ms": round(median(one["p95"] for one in bare), 1),
            "sta_ratio_to_bare": round(rates[0] / rates[1], 3), "sta_per_second": rates[0],
            "sta_unlike_p95_ms": round(median(one["p95"] for one in unlike), 1),
            "sta_unlike_per_second": median(one["requests"] for one in unlike),
            "sta_errors": sum(one["errors"] for one in ours + unlike)}  # fmt: skip


def _wrk(folder: Path, port: int, *, skip_from: int = 0) -> dict[str, float]:
    """Ask over 50 connections; give the 95th percentile [ms], requests/s and errors. From 1 on no two are alike."""
    script = folder / "ask.lua"
    script.write_text(f"local FROM, PAGE = {skip_from}, '{PAGE}'\n{LUA}")
    command = ["wrk", "-t1", "-c50", f"-d{SECONDS}s", "--timeout", "10s", "-H", "Accept-Encoding: gzip",
               "-s", str(script), f"http://127.0.0.1:{port}"]  # fmt: skip
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(said.splitlines()[-1]))


def _fill(url: str) -> None:
    """Make ten million hours of the two million that are there."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("ALTER TABLE hour SET UNLOGGED")
        conn.execute(HOURS)
        conn.execute("VACUUM ANALYZE hour")


def _counts() -> dict[str, float]:
    """Time each count once; say what came of it."""
    slowest = 0.0
    with httpx.Client(base_url=f"http://127.0.0.1:{OURS}{ROOT}", timeout=30) as client:
        for path in COUNTS:
            begin = time.perf_counter()
            answer = client.get(path)
            took = time.perf_counter() - begin
            slowest = max(slowest, took)
            print(f"{took:.3f} s {answer.status_code} {path}: {answer.text[:160]}")
    return {"count_s": round(slowest, 3)}


if __name__ == "__main__":
    main()
