"""Every page for every reader: axe-core in a real browser, the Nu HTML checker, the main tasks by keyboard alone."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.long

CHECKERS = Path(__file__).parent / "checkers"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/",
    "/?index=lki&station=town-00&q=hilversum&sort=-value",
    "/search?q=noord",
    "/stations/town-00",
    "/stations/town-04?period=1d",
    "/calibrations/cal-town-1",
    "/transparency",
    "/about",
    "/campaigns",
    "/campaigns/town",
    "/campaigns/town/report",
    "/accessibility",
    "/stations/nobody",
)
"""Paths without a language; a new page belongs here."""


class Visit(Protocol):
    """One tab, and what it complained about."""

    tab: Page
    complaints: list[str]


def missing(what: str) -> None:
    """Skip where a program is absent, except where CI promises it."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{what} is not installed")


@pytest.fixture(scope="session")
def checkers() -> Path:
    """Install what the pages are checked with, from the locked list."""
    if shutil.which("npm") is None:
        missing("npm")
    found = CHECKERS / "node_modules"
    if not found.is_dir():
        subprocess.run(["npm", "ci", "--silent", "--no-audit"], cwd=CHECKERS, check=True, timeout=240)
    return found


def with_language(path: str, language: str) -> str:
    """Add the language to a path."""
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def violations(tab: Page, axe: str) -> list[str]:
    """Run axe on the page of a tab and list what it finds, with the first place of each."""
    tab.evaluate(axe)
    answer: dict[str, Any] = tab.evaluate(
        "(tags) => axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })", TAGS
    )
    return [f"{found['id']}: {found['nodes'][0]['html'][:160]}" for found in answer["violations"]]


@pytest.mark.browser
@pytest.mark.node
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(visit: Visit, checkers: Path, path: str) -> None:
    """No violation of WCAG 2.2 AA or of good practice, in Dutch and light, and in English and dark."""
    axe = (checkers / "axe-core" / "axe.min.js").read_text()
    tab = visit.tab
    for language, dark in (("nl", False), ("en", True)):  # all four were clean; two keep the suite quick
        tab.goto("about:blank")  # the pages load anew when the scheme changes
        tab.emulate_media(color_scheme="dark" if dark else "light")
        tab.goto(with_language(path, language))
        if path.startswith(("/?", "/stations/town")) or path == "/":
            tab.locator("#map[data-drawn], #chart[data-drawn=true]").wait_for()
        assert violations(tab, axe) == [], (language, dark)


@pytest.mark.node
def test_the_html_is_valid(page: httpx.Client, checkers: Path, tmp_path: Path) -> None:
    """The Nu HTML checker has no error for any page in either language."""
    if shutil.which("java") is None:
        missing("java")
    for number, path in enumerate(PAGES):
        for language in ("nl", "en"):
            (tmp_path / f"{number}-{language}.html").write_text(page.get(with_language(path, language)).text)
    assert html_errors(tmp_path, checkers) == []
    assert len(list(tmp_path.iterdir())) == 2 * len(PAGES)


def html_errors(folder: Path, checkers: Path) -> list[str]:
    """Run the Nu HTML checker on the files of a folder and list what it finds."""
    jar = checkers / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-Xss2m", "-jar", str(jar), "--errors-only", "--format", "json", str(folder)]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=120).stderr)
    return [f"{one['message']} {one.get('extract', '')}" for one in said["messages"]]


def press_until(tab: Page, selector: str, key: str = "Tab", most: int = 80) -> None:
    """Press a key until the focus is on something, as a reader without a mouse does."""
    for _ in range(most):
        tab.keyboard.press(key)
        if tab.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{most} × {key} did not reach {selector}")


@pytest.mark.browser
def test_a_place_is_found_by_keyboard(visit: Visit) -> None:
    """Tab to the search, type, Enter: the map goes there and the station's card opens, in one step."""
    tab = visit.tab
    tab.goto("/")
    tab.locator("#map[data-drawn]").wait_for()
    press_until(tab, "#search")
    tab.keyboard.type("kerkelanden")
    tab.keyboard.press("Enter")
    expect(tab.locator("#card h2")).to_contain_text("Kerkelanden")
    assert "station=town-04" in tab.url


@pytest.mark.browser
def test_what_is_shown_is_chosen_by_keyboard(visit: Visit) -> None:
    """Arrows move within a group of choices; the LKI brings its 24 hours, and Back brings the former view back."""
    tab = visit.tab
    tab.goto("/")
    press_until(tab, "#controls input")
    tab.keyboard.press("ArrowRight")
    expect(tab.locator("#legend h2")).to_contain_text("PM10")
    press_until(tab, "[name=index]")
    tab.keyboard.press("ArrowRight")
    expect(tab.locator("#legend h2")).to_contain_text("gemiddelde van 24 uur")
    expect(tab.locator("#legend .bands")).to_contain_text("Onvoldoende")
    tab.go_back()
    expect(tab.locator("#legend .bands")).to_contain_text("Redelijk")
    assert tab.locator("[name=averaging]:checked").get_attribute("value") == "last"


@pytest.mark.browser
def test_the_chart_is_narrowed_and_read_by_keyboard(visit: Visit) -> None:
    """The zoom buttons and the arrows need no mouse."""
    tab = visit.tab
    tab.goto("/stations/town-00")
    tab.locator("#chart[data-drawn=true]").wait_for()
    press_until(tab, "[data-zoom=in]")
    tab.keyboard.press("Enter")
    press_until(tab, "#chart")
    tab.keyboard.press("ArrowLeft")
    expect(tab.locator("#readout")).to_contain_text("Gevalideerd")


@pytest.mark.browser
def test_an_hour_is_explained_by_keyboard(visit: Visit) -> None:
    """From the table of hours, Enter on an hour leads to its explanation, step by step."""
    tab = visit.tab
    tab.goto("/stations/town-00")
    press_until(tab, "#hours tbody a")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**explain=**")
    expect(tab.locator(".steps li").first).to_contain_text("De sensor (SPS30) meldde")
