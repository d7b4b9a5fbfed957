"""Draw the pictures of the page in docs/pictures anew, from a page that runs.

Run `luchtbrug demo` in one terminal and `python -m benchmarks.page_pictures http://127.0.0.1:8000` in another (needs
chromium); a second argument names the station to show, else it is the highest of the table. Each view is taken on a desk and on a phone; every second one in English, some in the dark.
"""

import sys
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from benchmarks.page import FLAGS

OUT = Path(__file__).parents[1] / "docs" / "pictures"
MOST = 150_000  # [bytes] of one picture
DESK, PHONE = (1200, 800), (390, 780)


class Picture(NamedTuple):
    """One picture: where, how wide, and in which words and colours."""

    name: str
    path: str
    size: tuple[int, int]
    language: str
    dark: bool = False


def pictures(station: str) -> list[Picture]:
    """List what is drawn; `station` is one that has a calibration."""
    return [
        Picture("map", "/", DESK, "nl"),
        Picture("map-lki-dark", f"/?index=lki&station={station}", DESK, "en", dark=True),
        Picture("map-phone", "/", PHONE, "nl"),
        Picture("station", f"/stations/{station}", DESK, "en"),
        Picture("station-phone", f"/stations/{station}", PHONE, "nl", dark=True),
        Picture("explain", f"/stations/{station}#explain", DESK, "nl"),
        Picture("transparency", "/transparency", DESK, "nl"),
        Picture("transparency-phone", "/transparency", PHONE, "en"),
    ]


def main() -> None:
    """Take all pictures of the page at the address that was given."""
    base = sys.argv[1].rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        station = sys.argv[2] if len(sys.argv) > 2 else _calibrated(browser, base)
        for picture in pictures(station):
            file = OUT / f"page-{picture.name}.png"
            _take(browser, base, picture, file)
            size = file.stat().st_size
            print(f"{file.name}: {size / 1000:.0f} kB")
            if size > MOST:
                raise SystemExit(f"{file.name} has {size} bytes, at most {MOST} are wanted")
        browser.close()


def _calibrated(browser: Browser, base: str) -> str:
    """Find the first station of the table that has a mean of 24 hours."""
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{base}/?averaging=24h&sort=-value")
        return str(tab.get_attribute("#rows tr[data-kind=station][data-look=full]", "data-station"))


def _take(browser: Browser, base: str, picture: Picture, file: Path) -> None:
    width, height = picture.size
    with browser.new_context(
        viewport={"width": width, "height": height},
        locale={"nl": "nl-NL", "en": "en-GB"}[picture.language],
        color_scheme="dark" if picture.dark else "light",
    ) as context:
        tab = context.new_page()
        tab.goto(base + picture.path)
        if picture.path.startswith(("/?", "/stations")) or picture.path == "/":
            tab.locator("#map[data-drawn], #chart[data-drawn=true]").wait_for()
        tab.wait_for_timeout(500)
        tab.screenshot(path=file)


if __name__ == "__main__":
    main()
