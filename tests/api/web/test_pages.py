"""The pages as HTML, asked over HTTP from the real application on a real database."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.database import request_time
from api.main import create_app
from api.settings import ApiSettings
from tests import patient
from tests.api.conftest import NOW as GOOI_NOW
from tests.api.conftest import World

EVERY_PAGE = ("/", "/?property=pm10&show=raw", "/stations/town-00", "/calibrations/cal-town-1", "/about")


class Outline(HTMLParser):
    """What a test wants of a page: attributes by tag, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        """Keep cells apart."""
        if tag in ("td", "th"):
            self.text += " "

    def all(self, tag: str, attribute: str) -> list[str]:
        """List an attribute of every such tag that has it."""
        return [found[attribute] or "" for name, found in self.found if name == tag and attribute in found]


def rows(html: str) -> dict[str, dict[str, str | None]]:
    """Find the table rows of the stations."""
    return {str(found["data-station"]): found for tag, found in Outline(html).found if "data-station" in found}


def test_a_path_of_nothing_is_said_as_its_reader_reads(page: httpx.Client) -> None:
    """A browser gets a page in its language, with the way to the map; a program gets a problem."""
    read = page.get("/nothing", headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": "nl"})
    asked = page.get("/nothing")

    assert (read.status_code, asked.status_code) == (404, 404)
    assert "Terug naar de kaart" in read.text
    assert read.headers["vary"] == "Accept-Language, Accept-Encoding, Accept"
    assert asked.headers["content-type"] == "application/problem+json"


def test_a_gas_in_ppb_is_said_in_ppb_throughout(client: httpx.Client, gooi: dict[str, int]) -> None:
    """Value, interval and table of a series in ppb have its unit, and no other stands beside them."""
    page = client.get(f"{client.base_url.copy_with(path='/stations/gooi-01')}?series={gooi['no2']}&lang=en").text
    page = page.replace("\N{NO-BREAK SPACE}", " ")

    assert "With 95% confidence between 7.0 and 13.0 ppb" in page
    assert "Hourly means in ppb" in page
    assert page.count("confidence between") == page.count("between 7.0 and 13.0 ppb") == 2  # above, and in the story


def test_official_hours_stand_beside_a_gas_in_its_own_unit(
    world: World, app: FastAPI, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """19.125 µg/m³ of NO2 are 10 ppb: nobody is told that no official station is near, because it reports a mass."""
    world.station("gooi-01")
    key = world.series("gooi-01", "no2")
    world.readings(key, [GOOI_NOW], raw=12.0, value=11.0)
    world.reference("NL10404")
    world.reference_hours("NL10404", GOOI_NOW - timedelta(hours=2), [19.125], of="no2")
    world.conn.commit()
    app.dependency_overrides[request_time] = lambda: GOOI_NOW
    with serve(app) as url:
        page = patient.get(f"{url}/stations/gooi-01?lang=en").text.replace("\N{NO-BREAK SPACE}", " ")

    assert "Nearest official station: Hilversum" in page
    assert ": 10.0 ppb" in page
    assert 10.0 in json.loads(page.split('id="chart-data">')[1].split("</script>")[0])["reference"]


def test_the_table_equals_the_latest_values_of_the_api(page: httpx.Client) -> None:
    """Every station of /v1/latest is in the table, with the same position and the same value."""
    answer = page.get("/v1/latest", params={"observedProperty": "pm2_5"}, headers={"Accept": "application/geo+json"})
    features: list[dict[str, Any]] = answer.json()["features"]
    table = rows(page.get("/").text)
    assert len(features) == 8
    for feature in features:
        row = table[feature["properties"]["stationId"]]
        assert [float(str(row["data-longitude"])), float(str(row["data-latitude"]))] == feature["geometry"][
            "coordinates"
        ]
        assert row["data-shown"] == (
            "" if feature["properties"]["value"] is None else str(feature["properties"]["value"])
        )


def test_the_special_stations_look_as_they_should(page: httpx.Client) -> None:
    """A silent station is old, one without value hollow, official ones are references."""
    table = rows(page.get("/").text)
    looks = {name: (row["data-kind"], row["data-look"]) for name, row in table.items()}
    assert looks["town-00"] == ("station", "full")
    assert looks["town-02"] == ("station", "hollow")
    assert looks["town-03"] == ("station", "old")
    assert looks["NL10634"] == ("reference", "full")
    assert len(table) == 8 + 3


def test_raw_paints_by_the_raw_value(page: httpx.Client) -> None:
    """With show=raw a station without validated value has a number after all."""
    row = rows(page.get("/?show=raw").text)["town-02"]
    assert row["data-look"] == "full"
    assert float(str(row["data-shown"])) > 0


DATA = ("application/json", "application/ld+json")  # no browser runs these


def test_a_hostile_name_is_text_everywhere(page: httpx.Client) -> None:
    """The markup in a station's name reaches no page as markup."""
    for path in ("/", "/stations/town-01", "/?lang=en&show=raw"):
        html = page.get(path).text
        assert "<script>alert(1)" not in html
        outline = Outline(html)
        assert '<script>alert(1)</script> & "co" \'' in outline.text
        assert all("src" in found or found.get("type") in DATA for tag, found in outline.found if tag == "script")


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_page_has_what_assistive_technology_starts_from(page: httpx.Client, path: str) -> None:
    """One language, h1, title, and main that the skip link leads to; ids are unique, and labels exist."""
    outline = Outline(page.get(path).text)
    tags = [tag for tag, _ in outline.found]
    ids = [str(found["id"]) for _, found in outline.found if "id" in found]
    named = {name for _, found in outline.found for name in str(found.get("aria-labelledby") or "").split()}
    assert outline.all("html", "lang") == ["nl"]
    assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1)
    assert outline.all("a", "href")[0] == "#content"
    assert "content" in ids
    assert len(ids) == len(set(ids))
    assert named - {"card-title"} <= set(ids), "the card's title is made with the card"


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_no_page_names_another_host_or_keeps_a_cookie(page: httpx.Client, path: str) -> None:
    """All links and sources are our own, and nothing is set."""
    answer = page.get(path)
    outline = Outline(answer.text)
    addresses = [*outline.all("script", "src"), *outline.all("link", "href"), *outline.all("a", "href")]
    assert all(address.startswith(("/", "#", "?")) and not address.startswith("//") for address in addresses)
    assert "set-cookie" not in answer.headers
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "style=" not in answer.text, "the policy forbids inline styles"


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_page_answers_head_without_a_body(page: httpx.Client, path: str) -> None:
    """Monitors and link checkers ask with HEAD."""
    answer = page.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


def test_language_follows_the_reader_and_stays_in_links(page: httpx.Client) -> None:
    """English by Accept-Language leaves addresses as they are; by query it is kept in every link."""
    by_header = page.get("/", headers={"Accept-Language": "en"})
    by_query = page.get("/?lang=en")
    assert by_header.headers["content-language"] == by_query.headers["content-language"] == "en"
    assert "/stations/town-00" in Outline(by_header.text).all("a", "href")
    assert "/stations/town-00?lang=en" in Outline(by_query.text).all("a", "href")
    assert page.get("/").headers["content-language"] == "nl"


def test_the_station_page_says_value_interval_age_and_flags(page: httpx.Client) -> None:
    """The same numbers as the API, in Dutch, with what was seen in plain words."""
    (one,) = [
        series["latest"]
        for series in page.get("/v1/stations/town-00").json()["series"]
        if series["observedProperty"] == "pm2_5"
    ]
    text = Outline(page.get("/stations/town-00").text).text
    dutch = [f"{one[name]:.1f}".replace(".", ",") for name in ("value", "lower", "upper", "raw")]
    assert f"{dutch[0]} µg/m³" in text
    assert f"Met 95 % zekerheid tussen {dutch[1]} en {dutch[2]} µg/m³" in " ".join(text.split())
    assert f"Ruwe meting van de sensor: {dutch[3]} µg/m³" in text
    assert "zo vochtig dat de sensor druppels als stof kan tellen" in text
    assert "Hilversum-Johannes Geradtsweg" in text


def test_the_chart_equals_the_hours_of_the_api(page: httpx.Client) -> None:
    """What the script draws is what /v1 gives, gaps included."""
    html = page.get("/stations/town-00").text
    data = json.loads(html.split('id="chart-data">')[1].split("</script>")[0])
    (series,) = [
        one["seriesId"]
        for one in page.get("/v1/stations/town-00").json()["series"]
        if one["observedProperty"] == "pm2_5"
    ]
    query = {"begin": "2026-11-15T15:00:00Z", "end": "2026-11-22T15:00:00Z"}
    hours = page.get(f"/v1/series/{series}/hours", params=query).json()["items"]
    drawn = [(raw, value) for raw, value in zip(data["raw"], data["value"], strict=True) if raw is not None]
    assert drawn == [(hour["raw"], hour["value"]) for hour in hours]
    assert len(data["time"]) == 168
    assert sum(value is None for value in data["value"]) >= 3
    assert sum(value is not None for value in data["reference"]) > 150


def test_another_series_of_the_station_can_be_chosen(page: httpx.Client) -> None:
    """A series of this station is shown, anything else is the first."""
    ids = {one["observedProperty"]: one["seriesId"] for one in page.get("/v1/stations/town-00").json()["series"]}
    assert "Laatste waarde PM10" in page.get(f"/stations/town-00?series={ids['pm10']}").text
    for nonsense in ("999999", "x", "-1", "9" * 40):
        assert "Laatste waarde PM2,5" in page.get(f"/stations/town-00?series={nonsense}").text


def test_what_is_not_calibrated_is_shown_as_the_sensor_reports_it(page: httpx.Client) -> None:
    """A temperature has no validated value, and its page does not complain of that."""
    ids = {one["observedProperty"]: one["seriesId"] for one in page.get("/v1/stations/town-00").json()["series"]}
    text = Outline(page.get(f"/stations/town-00?series={ids['temperature']}").text).text
    assert "7,4 °C" in text
    assert "Geen gevalideerde waarde" not in text
    assert "officieel station in de buurt" not in text


def test_a_failed_reading_gets_no_value_and_says_why(page: httpx.Client) -> None:
    """A stuck sensor has no validated value, and its page says that it is stuck."""
    text = Outline(page.get("/stations/town-04").text).text
    assert "Geen gevalideerde waarde" in text
    assert "De sensor geeft steeds precies dezelfde waarde." in text


def test_the_calibration_page_pairs_each_coefficient_with_its_own_error(page: httpx.Client) -> None:
    """The order of the covariance survives the database: raw has ± 0.03, humidity ± 0.05."""
    text = " ".join(Outline(page.get("/calibrations/cal-town-1?lang=en").text).text.split())
    assert "Raw reading 0.612 ± 0.03" in text
    assert "above 50% −1.25 ± 0.05" in text
    assert "Hilversum-Johannes Geradtsweg 71%" in text
    assert "Total 11.8 µg/m³" in text  # 0.84 + 20 × 0.612 - 1.25


@pytest.mark.parametrize("path", ["/stations/nobody", "/stations/%00", "/calibrations/none", "/calibrations/%00"])
def test_what_is_not_there_is_a_page_in_the_readers_language(page: httpx.Client, path: str) -> None:
    """Unknown and impossible identifiers are 404, with a way back."""
    answer = page.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "We do not know this page or this station." in answer.text


def test_an_empty_database_is_a_page_without_stations(
    connection: psycopg.Connection, app: FastAPI, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """Before the first reading the map page says that there is nothing yet."""
    with serve(app) as url:
        answer = patient.get(url, follow_redirects=False)
    assert answer.status_code == 200
    assert "Er zijn nog geen stations die PM2,5 meten." in answer.text


def test_a_database_that_is_away_is_a_page_that_says_so(
    serve: Callable[[FastAPI], AbstractContextManager[str]],
) -> None:
    """The answer is 503 in Dutch, without a word about the inside."""
    away = SecretStr("postgresql://luchtbrug@127.0.0.1:1/luchtbrug")
    with serve(create_app(ApiSettings(database_url=away, pool_timeout=0.2))) as url:
        answer = patient.get(f"{url}/stations/town-00")
        about = patient.get(f"{url}/about")
    assert (answer.status_code, about.status_code) == (503, 200)
    assert "De gegevens zijn nu niet bereikbaar." in answer.text
    assert "127.0.0.1" not in answer.text
