"""The pages of areas over HTTP: what is counted, hidden, answered, and what a bad question gets."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from api.database import request_time
from api.main import create_app
from api.settings import ApiSettings
from storage.connection import connect
from tests.api.web.quarters import HIGH, NOW, SMOKY, build
from tests.api.web.test_accessibility import checkers, violations  # noqa: F401  # checkers is a fixture


@pytest.fixture(scope="module")
def quarters(
    fresh_database: Callable[[str], AbstractContextManager[str]],
    serve: Callable[[FastAPI], AbstractContextManager[str]],
) -> Iterator[httpx.Client]:
    """Ask pages of a municipality of six neighbourhoods in English."""
    with fresh_database("quarters") as url:
        with connect(url) as conn:
            build(conn, now=NOW)
        app = create_app(ApiSettings(database_url=SecretStr(url)))
        app.dependency_overrides[request_time] = lambda: NOW
        with serve(app) as site, httpx.Client(base_url=site, headers={"Accept-Language": "en"}, timeout=30) as client:
            yield client


def test_an_area_is_ranked_by_neighbourhood_and_hides_few_stations(quarters: httpx.Client) -> None:
    """Five neighbourhoods have a rank and a figure, that of two stations says why it has none, and markup is text."""
    html = quarters.get("/areas/GM0402").text
    table = html[html.index('<table id="parts">') :].partition("</table>")[0]
    assert table.count("<tr>") == 7
    last = table.rpartition("<tr>")[2]
    assert "&lt;b&gt;Hei&lt;/b&gt; &amp; bos" in last
    assert "fewer than 3 stations" in last
    assert "<b>Hei" not in html


def test_the_figures_are_those_of_the_api(quarters: httpx.Client) -> None:
    """Median and interval of the whole equal /v1/areas/GM0402/statistics over the same hours."""
    span = {"observedProperty": "pm2_5", "begin": "2026-11-15T14:00:00Z", "end": "2026-11-22T14:00:00Z"}
    found = quarters.get("/v1/areas/GM0402/statistics", params=span).json()
    html = quarters.get("/areas/GM0402", params={"days": "7"}).text
    assert f"{found['median']:.1f} µg/m³" in html
    assert f"{found['lower']:.1f} and {found['upper']:.1f}" in html or f"{found['lower']:.1f}" in html


def test_sixteen_days_are_no_year(quarters: httpx.Client) -> None:
    """With 16 of 365 days every answer is that nobody can say."""
    html = quarters.get("/areas/GM0402").text
    assert html.count('class="verdict cannot_say"') == 4
    assert "exceeded" not in html.partition('id="answers"')[2].partition("</table>")[0].replace("cannot_say", "")


def test_who_stands_out_is_named_with_the_evidence(quarters: httpx.Client) -> None:
    """The road is high all day, the garden in the evening, and nobody else is called."""
    html = quarters.get("/areas/GM0402").text
    spots = html[html.index('id="spots-title"') :].partition("</table>")[0]
    assert f"/stations/{HIGH}" in spots
    assert f"/stations/{SMOKY}" in spots
    assert "18:00–24:00" in spots
    assert spots.count('<th scope="row">') <= 4


def test_the_wind_and_a_joined_figure_are_drawn_with_their_numbers(quarters: httpx.Client) -> None:
    """Eight directions; and five dots for the five neighbourhoods with both figures."""
    html = quarters.get("/areas/GM0402", params={"figure": "density"}).text
    assert html.count('class="petal"') == 8
    assert html.count('class="point"') == 5
    assert "Rank correlation" in html


@pytest.mark.parametrize("code", ["GM9999", "%00", "<script>"])
def test_an_area_that_nobody_loaded_is_not_found(quarters: httpx.Client, code: str) -> None:
    """The answer is a page with status 404."""
    answer = quarters.get(f"/areas/{code}")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_what_is_not_offered_is_the_default(quarters: httpx.Client) -> None:
    """Odd words in the query change nothing."""
    odd = {"property": "gold", "days": "²", "level": "street", "figure": "x\0"}
    answer = quarters.get("/areas/GM0402", params=odd)
    assert answer.status_code == 200
    assert "Last 30 days</option>" in answer.text


def test_areas_are_found_by_a_part_of_their_name(quarters: httpx.Client) -> None:
    """Without a question the municipalities; with one every kind."""
    assert "/areas/GM0402" in quarters.get("/areas").text
    assert "/areas/BU04020101" not in quarters.get("/areas").text
    assert "/areas/BU04020101" in quarters.get("/areas", params={"q": "centr"}).text
    assert "Nothing found for “&lt;i&gt;”" in quarters.get("/areas", params={"q": "<i>"}).text


@pytest.mark.parametrize(
    "path", ["/embed/area/GM0402", "/embed/map?area=GM0402", "/embed/map", "/embed/station/town-000"]
)
def test_a_frame_may_stand_on_any_site_and_runs_no_script(quarters: httpx.Client, path: str) -> None:
    """Only these pages may be framed; they hold a table or a value, and neither scripts nor cookies."""
    answer = quarters.get(path)
    assert answer.status_code == 200, answer.text
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    assert "<script" not in answer.text
    assert "set-cookie" not in answer.headers
    assert "µg/m³" in answer.text
    for other in ("/", "/areas/GM0402"):
        assert "frame-ancestors 'none'" in quarters.get(other).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/embed/area/none", "/embed/map?area=none", "/embed/station/nobody"])
def test_a_frame_of_nothing_says_so(quarters: httpx.Client, path: str) -> None:
    """A station or area that has gone is a short page with status 404 in the frame of the other site."""
    answer = quarters.get(path)
    assert answer.status_code == 404
    assert "frame-ancestors *" in answer.headers["content-security-policy"]


@pytest.fixture
def tab(browser: Browser, quarters: httpx.Client) -> Iterator[Page]:
    """Open a Dutch tab that has no scripts."""
    context = browser.new_context(base_url=str(quarters.base_url), locale="nl-NL", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_the_report_is_one_page_of_a4(tab: Page) -> None:
    """Chromium's own print of it has one page, in the shape of A4."""
    tab.goto("/areas/GM0402/report")
    printed = tab.pdf(prefer_css_page_size=True, print_background=True)
    assert printed.count(b"/Type /Page\n") == 1
    assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12]", printed)


@pytest.mark.browser
def test_staff_of_a_municipality_read_it_without_a_script(tab: Page) -> None:
    """From the list to a period, a substance and a joined figure: ranking, hotspots, answers, wind, dots, report."""
    tab.goto("/areas")
    tab.get_by_role("link", name="Hilversum").click()
    tab.select_option("#days", "7")
    tab.select_option("#figure", "density")
    tab.get_by_role("button", name="Toon").click()
    expect(tab.locator("#days")).to_have_value("7")
    expect(tab.locator("#parts tbody tr")).to_have_count(6)
    expect(tab.locator("#parts tbody tr").last).to_contain_text("minder dan 3 stations")
    expect(tab.locator(".area-map .rank")).to_have_count(5)
    expect(tab.locator(".overlaps")).to_have_count(0)
    spots = tab.locator("section:has(> #spots-title)")
    expect(spots.get_by_role("link")).to_have_text(["Tuin 11", "Tuin 7"])
    expect(spots).to_contain_text("18–24 uur")
    expect(tab.locator("#answers .cannot_say").first).to_have_text("niet te zeggen")
    expect(tab.locator(".rose .petal")).to_have_count(8)
    expect(tab.locator(".scatter-plot .point")).to_have_count(5)
    for curve in ("trend", "day", "week"):
        expect(tab.locator(f"section:has(> #{curve}-title) .plot .line")).to_be_visible()
    tab.locator("a.button.quiet").click()
    assert "days=7" in tab.url
    expect(tab.locator("h1")).to_contain_text("Hilversum")


@pytest.mark.browser
def test_another_site_shows_a_frame_without_scripts(
    tab: Page, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """The lines that the pages of an area, a station and the map offer show a table in a page of another origin."""
    lines = []
    for path in ("/areas/GM0402", "/stations/town-000", "/"):
        tab.goto(path)
        lines.append(tab.locator("#embed-line").input_value())
    assert all(line.startswith("<iframe src=") for line in lines)
    paper = FastAPI()
    paper.add_api_route("/", lambda: HTMLResponse(f"<h1>Wijkkrant</h1>{''.join(lines)}"))
    with serve(paper) as other:
        tab.goto(other)
        for number, (title, rows) in enumerate((("Hilversum", 6), ("Tuin 0", 6), ("PM2,5", 40))):
            frame = tab.frame_locator("iframe").nth(number)
            expect(frame.locator("h1")).to_contain_text(title)
            expect(frame.locator("tbody tr")).to_have_count(rows)
    assert tab.context.cookies() == []


@pytest.mark.browser
@pytest.mark.node
@pytest.mark.parametrize(
    "path", ["/areas", "/areas/GM0402?figure=density", "/areas/GM0402/report", "/embed/area/GM0402", "/embed/map"]
)
def test_axe_finds_nothing_on_pages_of_areas(
    browser: Browser,
    quarters: httpx.Client,
    checkers: Path,  # noqa: F811
    path: str,
) -> None:
    """No violation of WCAG 2.2 AA or of good practice, on a phone too, in Dutch and light, and in English and dark."""
    axe = (checkers / "axe-core" / "axe.min.js").read_text()
    for language, scheme, width in (("nl", "light", 1280), ("en", "dark", 390)):
        with browser.new_context(
            base_url=str(quarters.base_url),
            locale=language,
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": 844},
        ) as context:
            tab = context.new_page()
            tab.goto(path)
            tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            assert violations(tab, axe) == [], (language, scheme)
            assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), (language, width)
