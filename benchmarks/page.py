"""How heavy and how quick is the map page with 15,000 stations, in headless Chromium that draws in software.

Run `python -m benchmarks.page` (needs chromium, and `npm run build` in api/web). `first_idle_s`: from the start of the
navigation until the map stands still with all stations on it; `zoom_s`: from a jump of two levels until it stands
still again, the median of six; `weight_kb`: what went over the wire for the first view, compressed, by the browser's
own count; `html_ms`, `stations_ms`, `day_ms`: what the server took. Each page load with an empty cache, the median of
three. The last line is JSON.
"""

import json
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

import httpx
import psycopg
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.api_world import database, serving

PORT = 18_414
ROUNDS = 3
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
         "--disable-background-networking"]  # fmt: skip
HOURS = """
INSERT INTO hour (begin, series_key, raw, raw_min, raw_max, raw_sd, observed_count, data_capture, value, lower, upper,
                  flags, calibration_key, computed_at)
SELECT h, series_key, 20, 15, 25, 1.25, 12, 1, 12, 8, 16, 0, calibration_key, now()
FROM calibration, generate_series(date_trunc('hour', now()) - interval '24 hours',
                                  date_trunc('hour', now()) - interval '1 hour', '1 hour') h
"""
JUMP = """
(zoom) => new Promise((done) => {
  const { map } = document.getElementById("map");
  const begin = performance.now();
  map.once("idle", () => done(performance.now() - begin));
  map.jumpTo({ zoom, center: [5.18, 52.23] });
})
"""
WEIGHT = """
() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map((entry) => [new URL(entry.name).pathname, entry.transferSize])
"""


def main() -> None:
    """Print all figures."""
    with database() as url:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(HOURS)
            conn.execute("ANALYZE")
        with serving("benchmarks.api_app:ours", PORT, BENCH_DATABASE=url):
            figures = _server()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
                figures |= _browser(browser)
                browser.close()
    print(json.dumps({"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), **figures}))


def _server() -> dict[str, float]:
    """Time what the server makes of a view, over one kept connection [ms]."""
    found = {}
    with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", headers={"Accept-Encoding": "gzip"}, timeout=60) as client:
        for name, path in (("html", "/"), ("stations", "/map/stations"), ("day", "/map/stations?averaging=24h")):
            taken = []
            for _ in range(5):
                begin = perf_counter()
                answer = client.get(path).raise_for_status()
                taken.append(1000 * (perf_counter() - begin))
            found[f"{name}_ms"] = round(median(taken), 1)
            print(f"{path}: {int(answer.headers['content-length']) / 1000:.0f} kB")
    return found


def _browser(browser: Browser) -> dict[str, float]:
    idle, zooms, weights = [], [], []
    for _ in range(ROUNDS):
        with browser.new_context(viewport={"width": 1280, "height": 800}, locale="nl-NL") as context:
            tab = context.new_page()
            tab.goto(f"http://127.0.0.1:{PORT}/")
            tab.locator("#map[data-drawn]").wait_for()
            idle.append(tab.evaluate("performance.getEntriesByName('map-idle')[0].startTime") / 1000)
            weights.append(_weight(tab))
            zooms += [tab.evaluate(JUMP, zoom) / 1000 for zoom in (9, 11)]
    print("zooms [s]:", " ".join(f"{taken:.2f}" for taken in zooms))
    return {
        "first_idle_s": round(median(idle), 2),
        "first_idle_worst_s": round(max(idle), 2),
        "zoom_s": round(median(zooms), 2),
        "zoom_worst_s": round(max(zooms), 2),
        "weight_kb": round(max(weights) / 1000, 1),
    }


def _weight(tab: Page) -> float:
    """Add up what went over the wire [bytes]."""
    sizes = dict(tab.evaluate(WEIGHT))
    print(", ".join(f"{path} {size / 1000:.1f}" for path, size in sizes.items()), "kB")
    return float(sum(sizes.values()))


if __name__ == "__main__":
    main()
