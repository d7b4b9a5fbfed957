"""How does Lighthouse rate the pages: accessibility on each, performance of the map with 15,000 stations.

Run `python -m benchmarks.lighthouse` (needs chromium, `npm ci` in benchmarks/checkers, `npm run build` in
api/web): it serves 15,000 stations itself and rates the map with the two presets, the median of three each:
desktop (40 ms, 10 Mbit/s, no slowdown) and mobile (150 ms, 1.6 Mbit/s, a processor four times slower), both simulated.
`python -m benchmarks.lighthouse --accessibility` rates accessibility on every view instead, of a page of its own or of
the demo that runs: `… --accessibility http://127.0.0.1:8000 --folder .luchtbrug`. The last line is JSON.
"""

import json
import subprocess
import sys
from statistics import median
from typing import Any

from benchmarks.accessibility import CHECKERS
from benchmarks.api_world import database, serving
from benchmarks.page import FLAGS
from benchmarks.page_views import address, found_at, option
from benchmarks.page_world import World, showing

PORT = 18_415
ROUNDS = 3
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "speed-index")


def main() -> None:
    """Print all scores (0 to 100)."""
    if "--accessibility" in sys.argv:
        with showing(address(), option("--folder")) as world:
            found = accessibility(world)
    else:
        with database() as url, serving("benchmarks.api_app:ours", PORT, BENCH_DATABASE=url):
            found = {preset: performance(preset) for preset in ("desktop", "mobile")}
    print(json.dumps(found))


def accessibility(world: World) -> dict[str, Any]:
    """Rate every view once, in the language that it opens with."""
    scores = {}
    for view in found_at(world.base, inside=world.cookie is not None):
        told = rate(world.base + view.path, "accessibility", "desktop", world.headers if view.inside else {})
        scores[view.name] = round(100 * told["categories"]["accessibility"]["score"])
        failed = [name for name, one in told["audits"].items() if one["score"] == 0]
        print(view.name, scores[view.name], *failed, flush=True)
    return {"accessibility_least": min(scores.values()), "pages": len(scores)}


def performance(preset: str) -> dict[str, Any]:
    """Rate the map several times and take the middle."""
    rounds = [rate(f"http://127.0.0.1:{PORT}/", "performance", preset) for _ in range(ROUNDS)]
    scores = [round(100 * told["categories"]["performance"]["score"]) for told in rounds]
    shifts = [told["audits"]["cumulative-layout-shift"]["numericValue"] for told in rounds]
    times = {f"{name}_ms": round(median(told["audits"][name]["numericValue"] for told in rounds)) for name in TIMES}
    print(preset, scores, flush=True)
    return {"performance": median(scores), "worst": min(scores), "layout_shift": round(median(shifts), 3), **times}


def rate(url: str, category: str, preset: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Run Lighthouse once; a page that it could not load ends the run."""
    command = ["node", "node_modules/lighthouse/cli/index.js", url, f"--only-categories={category}", "--output=json",
               f"--extra-headers={json.dumps(headers or {})}", "--quiet",
               "--ignore-status-code",  # the page of what is not there is a page that people read
               f"--chrome-flags=--headless=new {' '.join(FLAGS)}"]  # fmt: skip
    if preset == "desktop":
        command.append("--preset=desktop")
    answer = subprocess.run(command, cwd=CHECKERS, capture_output=True, text=True, check=True, timeout=300)
    told: dict[str, Any] = json.loads(answer.stdout)
    if told.get("runtimeError"):
        raise SystemExit(f"{url}: {told['runtimeError']['message']}")
    return told


if __name__ == "__main__":
    main()
