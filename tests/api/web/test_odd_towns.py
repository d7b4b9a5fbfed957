"""Towns as nobody planned them: no station, one, smoke, a month of gap, no place, no tiles, areas over each other."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr
from typer.testing import CliRunner

from api.database import request_time
from api.main import create_app
from api.settings import ApiSettings
from luchtbrug.cli import app
from tests.api.conftest import NOW, World

Serve = Callable[[FastAPI], AbstractContextManager[str]]
SMOKE = 400.0  # [µg/m³]


def make_app(database_url: str, **settings: object) -> FastAPI:
    """Build the application with its clock at NOW."""
    app = create_app(ApiSettings(database_url=SecretStr(database_url), **settings))  # type: ignore[arg-type]
    app.dependency_overrides[request_time] = lambda: NOW
    return app


@pytest.fixture
def smoky(world: World) -> World:
    """Build one station in smoke whose month before yesterday is missing, and no official station."""
    world.station("odd-00", name="Open haard")
    key = world.series("odd-00")
    calibration = world.calibration(key)
    for begin in (NOW - timedelta(days=34), NOW - timedelta(hours=6)):
        times = [begin + timedelta(minutes=15 * (step + 1)) for step in range(24)]
        world.readings(key, times, raw=SMOKE, value=SMOKE, calibration_key=calibration)
        world.hours(key, begin, 6, value=SMOKE, calibration_key=calibration)
    world.conn.commit()
    return world


@pytest.fixture
def asked(smoky: World, database_url: str, serve: Serve) -> Iterator[httpx.Client]:
    """Ask pages of the smoky town."""
    with serve(make_app(database_url)) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def test_smoke_without_an_official_station_has_the_worst_class_and_says_that_nothing_is_near(
    asked: httpx.Client,
) -> None:
    """400 µg/m³ is drawn and told as extremely poor, in both languages, and no reference is invented."""
    assert "Uiterst slecht" in asked.get("/").text
    assert "Extremely poor" in asked.get("/?lang=en").text
    html = asked.get("/stations/odd-00").text
    assert "400,0 µg/m³" in html
    assert "Er is geen officieel station in de buurt" in html
    assert asked.get("/map/stations").json()["band"] == "6"


def test_a_month_without_hours_is_a_gap_of_the_chart_and_no_row_of_the_table(asked: httpx.Client) -> None:
    """Of 30 days the table lists the hours that were measured; the chart keeps the others as gaps."""
    html = asked.get("/stations/odd-00?period=30d").text
    assert html.count('<th scope="row"><time datetime="2026-05-17T') == 6
    assert html.count("null") > 24 * 28
    empty = asked.get("/stations/odd-00?period=7d&until=2026-05-05").text
    assert "2026-05-17" in empty, "an empty week leads to the last hours there are"


def test_a_station_without_a_position_is_in_the_table_and_not_on_the_map(smoky: World, asked: httpx.Client) -> None:
    """Where equator and Greenwich cross nobody measures: the row says so, and the map and its bounds leave it out."""
    smoky.station("odd-01", latitude=0.0, longitude=0.0, name="Ergens")
    smoky.readings(smoky.series("odd-01"), [NOW - timedelta(minutes=5)], value=8.0)
    smoky.conn.commit()
    html = asked.get("/").text
    assert "plaats onbekend" in html
    assert 'data-bounds="5.1800,52.2200,5.1800,52.2200"' in html
    assert asked.get("/map/stations").json()["id"] == ["odd-00"]


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """Open a tab on a phone, in English and in the dark."""
    with browser.new_context(viewport={"width": 390, "height": 780}, locale="en-GB", color_scheme="dark") as context:
        context.set_default_timeout(20_000)
        yield context.new_page()


@pytest.mark.browser
def test_the_map_of_one_station_stands_where_it_is_though_tiles_do_not_come(
    smoky: World, database_url: str, serve: Serve, tab: Page
) -> None:
    """With tiles that nobody serves the one station is drawn on plain ground, and its marker opens its card."""
    with serve(make_app(database_url, tiles_url="http://127.0.0.1:9/{z}/{x}/{y}.png")) as url:
        tab.goto(url)
        expect(tab.locator("#map")).to_have_attribute("data-drawn", "1")
        told = "[map.map.getZoom(), ...map.map.getCenter().toArray()]"
        camera = tab.evaluate(f"(map) => {told}", tab.locator("#map").element_handle())
        assert np.allclose(camera[1:], [5.18, 52.22], atol=1e-3)
        assert 8 < camera[0] <= 13
        tab.locator("#map canvas.maplibregl-canvas").click()
        expect(tab.locator("#card")).to_contain_text("Open haard")


def square(west: float, south: float, size: float) -> list[list[float]]:
    """Give the ring of a square [degrees]."""
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def loaded(database_url: str, folder: Path) -> str:
    """Load a municipality, two neighbourhoods on top of each other and a bow tie; what the command says."""
    bow = [[5.24, 52.20], [5.28, 52.24], [5.28, 52.20], [5.24, 52.24], [5.24, 52.20]]
    rings = {
        "GM0402": square(5.1, 52.1, 0.2), "BU04020101": square(5.12, 52.12, 0.06),
        "BU04020102": square(5.15, 52.15, 0.08), "BU04020103": bow,
    }  # fmt: skip
    features = [
        {
            "properties": {"code": code, "name": f"Buurt {code[-1]}"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for code, ring in rings.items()
    ]
    file = folder / "over.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    env = {"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_DATA_DIR": str(folder)}
    done = CliRunner().invoke(app, ["areas", "load", str(file)], env=env)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.browser
def test_areas_that_overlap_are_both_seen_and_named(
    smoky: World, database_url: str, serve: Serve, tab: Page, tmp_path: Path
) -> None:
    """The command and the page say which lie over each other; the page draws both, and no note where none do."""
    said = loaded(database_url, tmp_path)
    assert "BU04020101 and BU04020102 overlap" in said
    assert "the outline of BU04020103 crosses itself" in said
    with serve(make_app(database_url)) as url:
        tab.goto(f"{url}/areas/GM0402")
        expect(tab.locator(".overlaps")).to_contain_text("Buurt 1 and Buurt 2. A station that lies in both counts")
        expect(tab.locator(".area-map .overlap")).to_have_count(2)
        expect(tab.locator(".area-map path[fill-rule]")).to_have_count(3)
        tab.goto(f"{url}/areas/BU04020103")
        expect(tab.locator(".area-map path[fill-rule]")).to_have_count(1)
        expect(tab.locator(".overlaps")).to_have_count(0)


@pytest.mark.browser
def test_the_map_of_no_station_is_a_map(database_url: str, serve: Serve, tab: Page) -> None:
    """Before the first reading the ground is drawn, a click on it does nothing, and nothing complains."""
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    with serve(make_app(database_url)) as url:
        tab.goto(url)
        expect(tab.locator("#map")).to_have_attribute("data-drawn", "0")
        tab.locator("#map canvas.maplibregl-canvas").click()
        expect(tab.locator("#card")).to_be_hidden()
        assert "There are no stations yet that measure PM2.5." in tab.locator("#list-body").inner_text()
    assert complaints == []
