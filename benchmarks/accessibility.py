"""Is every page open to every reader: axe-core and pa11y on all views, in both languages, light and dark.

Run `python -m benchmarks.accessibility`: it makes a page that shows everything (benchmarks/page_world.py), or takes the
demo that runs: `python -m benchmarks.accessibility http://127.0.0.1:8000 --folder .luchtbrug`. It needs chromium, and
`npm ci` in benchmarks/checkers and tests/api/web/checkers; PUPPETEER_SKIP_DOWNLOAD=1 spares a second browser. What was
found goes to `api/web/accessibility.toml`, from which the page `/accessibility` is written: it claims no more than what
was run. `--only NAME` takes one view and writes nothing. The last line is JSON.
"""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.page import FLAGS
from benchmarks.page_views import DRAWN, View, address, found_at, option, with_language
from benchmarks.page_world import World, open_view, showing

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "api" / "web" / "accessibility.toml"
CHECKERS = ROOT / "benchmarks" / "checkers"
AXE = ROOT / "tests" / "api" / "web" / "checkers" / "node_modules" / "axe-core"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WAYS = tuple((language, scheme) for language in ("nl", "en") for scheme in ("light", "dark"))
RUN = "(tags) => axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })"


def main() -> None:
    """Check all views, or one, and write down what was found."""
    only = option("--only")
    with showing(address(), option("--folder")) as world:
        views = found_at(world.base, inside=world.cookie is not None)
        chosen = [view for view in views if only in ("", view.name)]
        found = {"axe-core": with_axe(world, chosen), "pa11y": with_pa11y(world, chosen)}
    for tool, told in found.items():
        for line in told:
            print(f"{tool}: {line}")
    counts = {tool: len(told) for tool, told in found.items()}
    if not only:
        RESULTS.write_text(as_toml({tool: (version(tool), count) for tool, count in counts.items()}, views), "utf-8")
    print(json.dumps({"pages": len(chosen), "ways": len(WAYS), "violations": counts}))


def with_axe(world: World, views: list[View]) -> list[str]:
    """Run axe on every view in every way; one line a violation."""
    script = (AXE / "axe.min.js").read_text("utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        found = []
        for view in views:
            told = [line for way in WAYS for line in _axe(browser, world, view, way, script)]
            print(f"axe: {view.name} {len(told)}", flush=True)
            found += told
        browser.close()
    return found


def _axe(browser: Browser, world: World, view: View, way: tuple[str, str], script: str) -> list[str]:
    language, scheme = way
    with browser.new_context(color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True) as context:
        tab = open_view(context, world, view, language)
        if view.draws:
            tab.locator(DRAWN).first.wait_for()
        tab.evaluate(script)
        answer: dict[str, Any] = tab.evaluate(RUN, TAGS)
    return [f"{view.name} {language} {scheme}: {one['id']}: {one['nodes'][0]['html']}" for one in answer["violations"]]


def with_pa11y(world: World, views: list[View]) -> list[str]:
    """Run pa11y's own rules (HTML CodeSniffer, WCAG 2 AA) on every view in every way; one line an error."""
    asked = [
        {
            "name": view.name,
            "url": world.base + with_language(view.path, language),
            "scheme": scheme,
            "language": language,
            "headers": world.headers if view.inside else {},
        }
        for view in views
        for language, scheme in WAYS
    ]
    command = ["node", "pa11y.mjs"]
    answer = subprocess.run(
        command, cwd=CHECKERS, input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=True, timeout=3600
    )
    return [
        f"{one['name']} {one['language']} {one['scheme']}: {issue['code']}: {issue['context']}"
        for one in json.loads(answer.stdout)
        for issue in one["issues"]
    ]


def as_toml(counts: dict[str, tuple[str, int]], views: list[View]) -> str:
    """Write the results as the page reads them: of each tool its version and how much it found."""
    lines = [
        "# Written by `python -m benchmarks.accessibility`. The page /accessibility says this and no more.",
        f"day = {datetime.now(UTC).date()}",
        f"languages = {json.dumps(sorted({language for language, _ in WAYS}))}",
        f"schemes = {json.dumps(sorted({scheme for _, scheme in WAYS}))}",
        f"pages = {json.dumps([view.name for view in views])}",
    ]
    for tool, (used, count) in counts.items():
        lines += ["", "[[tools]]", f'name = "{tool}"', f'version = "{used}"', f"violations = {count}"]
    return "\n".join(lines) + "\n"


def version(tool: str) -> str:
    """Read the version of a tool that was run."""
    folder = AXE if tool == "axe-core" else CHECKERS / "node_modules" / tool
    return str(json.loads((folder / "package.json").read_text("utf-8"))["version"])


if __name__ == "__main__":
    main()
