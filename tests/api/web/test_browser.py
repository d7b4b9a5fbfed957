"""The page in a real browser: what is drawn, and what a keyboard can do."""

import base64
import csv
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from re import compile as pattern
from typing import Protocol

import pytest
from fastapi import FastAPI, Response
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings

# one grey pixel: a tile stretches it
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGM4AwAAzgDN1GaQsAAAAABJRU5ErkJggg==")
RECORD = """
globalThis.asked = [];
for (const name of ["linkProgram", "getUniformLocation"]) {
  const plain = WebGL2RenderingContext.prototype[name];
  WebGL2RenderingContext.prototype[name] = function (...parts) { asked.push(name); return plain.apply(this, parts); };
}
"""
pytestmark = [pytest.mark.browser, pytest.mark.long]


class Visit(Protocol):
    """One tab, and what it complained about and asked for."""

    tab: Page
    complaints: list[str]
    requests: list[str]


def drawn(tab: Page) -> int:
    """Wait until the map stands still and count the stations that it has really drawn."""
    tab.locator("#map[data-drawn]:not([data-drawn='0'])").wait_for()
    return int(tab.get_attribute("#map", "data-drawn") or 0)


def pixel_of(tab: Page, station_id: str) -> tuple[float, float]:
    """Find where a station stands in the window."""
    x, y = tab.evaluate(
        """(id) => {
          const { longitude, latitude } = document.querySelector(`#s-${id}`).dataset;
          const frame = document.getElementById("map");
          const { x, y } = frame.map.project([Number(longitude), Number(latitude)]);
          const box = frame.getBoundingClientRect();
          return [box.x + x, box.y + y];
        }""",
        station_id,
    )
    return float(x), float(y)


def show_everything(tab: Page) -> None:
    """Zoom out until the farthest official station is in view."""
    tab.evaluate("document.getElementById('map').map.jumpTo({ center: [5.1, 52.12], zoom: 9 })")
    tab.wait_for_timeout(300)


def test_the_map_draws_every_station_of_the_table(visit: Visit) -> None:
    """Eight stations of residents and three official ones are drawn and listed."""
    tab = visit.tab
    tab.goto("/")
    assert drawn(tab) >= 8
    show_everything(tab)
    expect(tab.locator("#map")).to_have_attribute("data-drawn", "11")
    assert tab.locator("#rows > tr").count() == 11


def test_drawing_asks_nothing_that_waits_for_the_graphics_card(visit: Visit) -> None:
    """The page links the one program of the stations, and never asks where a uniform lies."""
    tab = visit.tab
    tab.add_init_script(RECORD)
    tab.goto("/")
    drawn(tab)
    assert tab.evaluate("asked") == ["linkProgram"]


def test_a_marker_opens_its_card(visit: Visit) -> None:
    """A click on a marker shows what its row says; Escape and the close button hide it."""
    tab = visit.tab
    tab.goto("/")
    drawn(tab)
    tab.mouse.click(*pixel_of(tab, "NL10634"))
    card = tab.locator("#card")
    expect(card).to_be_visible()
    expect(card.locator("h2")).to_contain_text("Hilversum-Johannes Geradtsweg")
    value = tab.locator("#s-NL10634 td b").inner_text()
    assert "station=NL10634" in tab.url
    expect(card).to_contain_text(value)
    card.get_by_role("link", name="Sluit").click()
    expect(card).to_be_hidden()


def test_a_hostile_name_stays_text_in_the_card(visit: Visit) -> None:
    """The card of a station with markup in its name shows the markup."""
    tab = visit.tab
    tab.goto("/?station=town-01")
    drawn(tab)
    expect(tab.locator("#card h2")).to_contain_text('<script>alert(1)</script> & "co" \'')
    assert tab.locator("#card script").count() == 0


def test_the_keyboard_reaches_station_card_and_back(visit: Visit) -> None:
    """Tab and Enter alone: skip link, filter, marker in the table, card, station link; Escape gives the focus back."""
    tab = visit.tab
    tab.goto("/")
    drawn(tab)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.focus("#filter")
    tab.keyboard.type("trompen")
    expect(tab.locator("#filter-count")).to_have_text("1 van 11 stations")
    tab.keyboard.press("Tab")  # the scrolling region of the table
    expect(tab.locator("#rows > tr")).to_have_count(1)
    while tab.evaluate("document.activeElement.className") != "pin":
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator("#card")).to_be_focused()
    expect(tab.locator("#card h2")).to_contain_text("Trompenberg")
    tab.keyboard.press("Escape")
    expect(tab.locator("#card")).to_be_hidden()
    assert tab.evaluate("document.activeElement.closest('tr').id") == "s-town-03"
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/stations/town-03")


def test_the_filter_decides_what_the_map_draws(visit: Visit) -> None:
    """Filtering to the official stations leaves three rows and three markers."""
    tab = visit.tab
    tab.goto("/")
    drawn(tab)
    tab.fill("#filter", "officieel")
    show_everything(tab)
    expect(tab.locator("#rows > tr")).to_have_count(3)
    expect(tab.locator("#map")).to_have_attribute("data-drawn", "3")
    tab.fill("#filter", "nergens te vinden")
    expect(tab.locator("#no-match")).to_be_visible()


def test_property_and_value_switch_without_leaving_the_page(visit: Visit) -> None:
    """PM10 and raw change rows, legend and address, and the address alone brings the same page back."""
    tab = visit.tab
    tab.goto("/")
    drawn(tab)
    before = tab.locator("#s-town-00").get_attribute("data-shown")
    tab.get_by_label("PM10").check(force=True)
    tab.get_by_label("Ruw", exact=True).check(force=True)
    expect(tab.locator("#legend h2")).to_contain_text("PM10 in µg/m³, ruw")
    assert "property=pm10" in tab.url
    assert "show=raw" in tab.url
    after = tab.locator("#s-town-00").get_attribute("data-shown")
    assert before != after
    tab.reload()
    assert tab.locator("#s-town-00").get_attribute("data-shown") == after


def test_the_table_sorts_by_value(visit: Visit) -> None:
    """The first press puts the highest value on top, the second the lowest; who has none stays below."""
    tab = visit.tab
    tab.goto("/")
    head = tab.locator("th[data-column=value]")
    read = "[...document.querySelectorAll('#rows > tr')].map((row) => Number(row.dataset.shown || -1))"
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    values = tab.evaluate(f"({read})")
    assert values == sorted(values, reverse=True)
    assert values[-2:] == [-1, -1], "two have no value"
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert tab.evaluate(f"({read})") == [*sorted(values[:-2]), -1, -1]


def test_an_address_brings_back_the_whole_view(visit: Visit) -> None:
    """Camera, filter and what the map shows are in the address; the table follows the map where that was asked for."""
    tab = visit.tab
    tab.goto("/?at=12.5/52.2336/5.1683&q=officieel")
    drawn(tab)
    camera = tab.evaluate("(({ map }) => [map.getZoom(), map.getCenter().lat])(document.getElementById('map'))")
    assert camera == pytest.approx([12.5, 52.2336], abs=1e-3)
    tab.locator("#only-seen").check()
    expect(tab.locator("#rows > tr")).to_have_count(1)
    assert "bbox=" in tab.url
    assert "bbox=" in (tab.locator("#save-csv").get_attribute("href") or "")
    other = tab.context.new_page()
    other.goto(tab.url)
    assert other.locator("#rows > tr").count() == 1
    assert other.locator("#filter").input_value() == "officieel"


def test_a_link_that_was_cut_off_shows_the_stations(visit: Visit) -> None:
    """Half an address is no place in the sea off Africa, and a latitude of 99 is none at all."""
    tab = visit.tab
    for at in ("12/52.2/", "//", "12/99/5.2"):
        tab.goto(f"/?at={at}")
        assert drawn(tab) > 0


def test_what_the_reader_opened_works_when_the_table_was_drawn_anew(visit: Visit) -> None:
    """The line to embed is made anew with the legend: it stays open, its button copies, and the CSV keeps the order."""
    tab = visit.tab
    tab.goto("/?lang=en&sort=-value")
    drawn(tab)
    tab.locator("#legend summary").click()
    tab.locator("#controls [name=property][value=pm10]").check(force=True)
    expect(tab.locator("#embed-line")).to_have_value(pattern("property=pm10"))
    button = tab.locator("#legend [data-copy]")
    button.click()
    expect(button).to_have_text("Copied")
    assert "sort=-value" in (tab.locator("#save-csv").get_attribute("href") or "")


def test_what_is_shown_is_kept_as_a_table_and_a_picture(visit: Visit) -> None:
    """The CSV has the rows that the filter left; the PNG is no empty canvas: the map, its legend and its time."""
    tab = visit.tab
    tab.goto("/?property=pm10&q=officieel")
    drawn(tab)
    with tab.expect_download() as caught:
        tab.locator("#save-csv").click()
    rows = list(csv.DictReader(Path(caught.value.path()).read_text("utf-8-sig").splitlines()))
    assert {row["station_id"] for row in rows} == {"NL10634", "NL10641", "NL10644"}
    with tab.expect_download() as caught:
        tab.locator("#save-png").click()
    picture = Path(caught.value.path()).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000, "an empty canvas packs into far less"
    assert visit.complaints == []


def test_the_station_page_draws_its_chart(visit: Visit) -> None:
    """The curve of the value is on the canvas, goes when its box is cleared, and the keyboard reads the hours."""
    tab = visit.tab
    tab.goto("/stations/town-00")
    chart = tab.locator("#chart[data-drawn=true]")
    chart.wait_for()
    assert blue_pixels(tab) > 500
    tab.locator("[data-draws=value]").uncheck()
    tab.wait_for_timeout(100)
    assert blue_pixels(tab) < 50
    chart.focus()
    tab.keyboard.press("Home")
    first = chart.get_attribute("aria-valuetext")
    tab.keyboard.press("ArrowRight")
    second = chart.get_attribute("aria-valuetext")
    assert first is not None
    assert first != second
    expect(tab.locator("#readout")).to_have_text(second or "")


def blue_pixels(tab: Page) -> int:
    """Count the pixels of the chart in the colour of the validated line."""
    return int(
        tab.evaluate(
            """() => {
              const canvas = document.querySelector("#chart canvas");
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              let count = 0;
              for (let i = 0; i < data.length; i += 4) {
                if (data[i + 3] < 200) continue; // the interval has the same colour, hardly opaque
                if (Math.abs(data[i] - 11) + Math.abs(data[i + 1] - 95) + Math.abs(data[i + 2] - 165) < 12) count += 1;
              }
              return count;
            }"""
        )
    )


@pytest.mark.parametrize(
    ("language", "title", "summary"),
    [("nl", "Luchtkwaliteit op de kaart", "uren"), ("en", "Air quality on the map", "hours")],
)
def test_both_languages_draw_map_and_chart(visit: Visit, language: str, title: str, summary: str) -> None:
    """Map and chart work in Dutch and in English, and the link to a station keeps the language."""
    tab = visit.tab
    tab.goto(f"/?lang={language}")
    expect(tab.locator("h1")).to_have_text(title)
    drawn(tab)
    tab.locator("#s-town-00 a:not(.pin)").click()
    expect(tab.locator("html")).to_have_attribute("lang", language)
    tab.locator("#chart[data-drawn=true]").wait_for()
    expect(tab.locator("#chart-summary")).to_contain_text(summary)


def test_no_page_complains_or_asks_another_host(visit: Visit, site: str) -> None:
    """Every page loads without an error or warning in the console, and every request stays at its origin."""
    tab = visit.tab
    for path in ("/", "/?property=pm10&show=raw&lang=en", "/stations/town-00", "/calibrations/cal-town-1", "/about"):
        tab.goto(path)
        if path.startswith(("/?", "/#")) or path == "/":
            drawn(tab)
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith((f"{site}/", "blob:", "data:"))] == []
    assert any("/build/worker.js" in url for url in visit.requests)


def test_what_is_measured_and_why_is_read_and_taken_along(visit: Visit) -> None:
    """From the head of the map to who sees what on which ground, the algorithm's entry, and the register as a file."""
    tab = visit.tab
    tab.goto("/")
    tab.get_by_role("navigation").get_by_role("link", name="Wat en waarom").click()
    expect(tab.locator("[aria-labelledby=data-readings] dt")).to_have_text(
        ["Van wie", "Waarvoor", "Grond", "Bewaard", "Wie ziet het"]
    )
    expect(tab.locator("[aria-labelledby=algorithm-name]")).to_contain_text("Mensen")
    with tab.expect_download() as caught:
        tab.locator("a[href$='sensors.csv']").click()
    assert Path(caught.value.path()).read_text("utf-8-sig").count("town-0") == 8
    found = tab.evaluate(
        "fetch(document.querySelector('link[type=\"application/json\"]').href).then((one) => one.json())"
    )
    assert found["algorithm"]["goal"]["nl"] in tab.inner_text("main")


def test_without_scripts_the_table_and_the_switches_still_work(visit: Visit, site: str) -> None:
    """With scripts off the page lists all stations, and the form brings the other property."""
    browser = visit.tab.context.browser
    assert browser is not None
    context = browser.new_context(base_url=site, java_script_enabled=False, locale="nl-NL")
    tab = context.new_page()
    tab.goto("/")
    assert tab.locator("#rows > tr").count() == 11
    tab.get_by_label("PM10").check(force=True)
    tab.get_by_role("button", name="Toon").click()
    expect(tab.locator("#legend h2")).to_contain_text("PM10")
    assert tab.get_by_text("De kaart kan hier niet worden getekend").is_visible()
    context.close()


@pytest.mark.usefixtures("town")
def test_configured_tiles_and_streets_come_from_the_only_other_host(
    browser: Browser, town_url: str, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """Tiles come from their origin, below the map and below a campaign's report; a street is found in one step."""
    tiles = FastAPI()
    asked: list[str] = []

    @tiles.get("/free")
    def free(q: str) -> dict[str, object]:
        street = {"weergavenaam": "Havenstraat, Hilversum", "type": "weg", "centroide_ll": "POINT(5.18 52.22)"}
        return {"response": {"docs": [street] if q == "havenstraat" else []}}

    @tiles.get("/{z}/{x}/{y}.png")
    def tile(z: int, x: int, y: int) -> Response:
        asked.append(f"{z}/{x}/{y}")
        return Response(PIXEL, media_type="image/png", headers={"Access-Control-Allow-Origin": "*"})

    with serve(tiles) as tiles_url:
        settings = ApiSettings(
            database_url=SecretStr(town_url), tiles_url=f"{tiles_url}/{{z}}/{{x}}/{{y}}.png", geocoder_url=tiles_url
        )
        with serve(create_app(settings)) as url, browser.new_context() as context:
            tab = context.new_page()
            complaints: list[str] = []
            tab.on("console", lambda message: complaints.append(message.text))
            tab.goto(url)
            assert drawn(tab) >= 8
            tab.fill("#search", "havenstraat")
            tab.keyboard.press("Enter")
            expect(tab).to_have_url(pattern("at=15/52.22"))
            assert asked
            tab.goto(f"{url}/campaigns/town/report")
            last = tab.locator(".place-map image").last.get_attribute("href") or ""
            expect(tab.locator(".place-map .below path")).to_have_count(0)
            assert last.removeprefix(f"{tiles_url}/").removesuffix(".png") in asked
    assert complaints == []
