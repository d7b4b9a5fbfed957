"""Draw the pictures of the page in docs/pictures anew, from a page that runs.

Run `python -m benchmarks.page_pictures`: it makes a page that shows everything (benchmarks/page_world.py), or takes the
demo that runs: `python -m benchmarks.page_pictures http://127.0.0.1:8000 --folder .luchtbrug` (needs chromium). Every
view of `PICTURED` is taken on a desk and on a phone, once in Dutch and light, once in English and dark. `--station ID`
names the station to show, `--only NAME` takes the pictures of one view, `--out FOLDER` puts them elsewhere.
"""

from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from benchmarks.page import FLAGS
from benchmarks.page_views import DRAWN, View, address, found_at, option
from benchmarks.page_world import World, open_view, showing

OUT = Path(__file__).parents[1] / "docs" / "pictures"
MOST = 150_000  # [bytes] of one picture
LOCALES = {"nl": "nl-NL", "en": "en-GB"}
PICTURED = (
    "map", "card", "search", "station", "explain", "calibration", "areas", "area", "report", "campaign",
    "campaign-report", "campaign-desk", "connect", "my-station", "staff", "desk", "desk-station",
    "transparency", "accessibility", "embed-station", "embed-area", "embed-map",
)  # fmt: skip
"""Names of views (benchmarks/page_views.py) that docs/page.md, campaigns.md and staff.md show."""


class Way(NamedTuple):
    """How a picture is taken: what its file ends in, how large, in which words and colours."""

    ending: str
    size: tuple[int, int]
    language: str
    dark: bool


WAYS = (Way("", (1200, 760), "nl", dark=False), Way("-phone", (390, 780), "en", dark=True))


def main() -> None:
    """Take all pictures of the page at the address that was given."""
    out, only = Path(option("--out") or OUT), option("--only")
    with showing(address(), option("--folder")) as world, sync_playwright() as playwright:
        found = found_at(world.base, option("--station"), inside=world.cookie is not None)
        views = [view for view in found if view.name in PICTURED and only in ("", view.name)]
        if not views:
            raise SystemExit(f"no view {only!r} to take here: one of {', '.join(PICTURED)}")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for view in views:
            for way in WAYS:
                file = out / f"page-{view.name}{way.ending}.png"
                _take(browser, world, view, way, file)
                size = file.stat().st_size
                print(f"{file.name}: {size / 1000:.0f} kB")
                if size > MOST:
                    raise SystemExit(f"{file.name} has {size} bytes, at most {MOST} are wanted")
        browser.close()


def _take(browser: Browser, world: World, view: View, way: Way, file: Path) -> None:
    width, height = way.size
    with browser.new_context(
        viewport={"width": width, "height": height},
        locale=LOCALES[way.language],
        color_scheme="dark" if way.dark else "light",
    ) as context:
        tab = open_view(context, world, view, way.language)
        if view.draws:
            tab.locator(DRAWN).first.wait_for()
        tab.wait_for_timeout(500)
        tab.screenshot(path=file)


if __name__ == "__main__":
    main()
